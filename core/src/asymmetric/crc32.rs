//! The checksum of the body that PayPal signs: that of zlib and Ethernet.

/// What half a byte adds. The usual tables, of whole bytes and several at a time, are 16 KiB, of which
/// random numbers do not compress: an eighth of the WebAssembly module.
const HALF_BYTES: [u32; 16] = {
    /// That of ISO 3309, its bits in reverse.
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut table = [0; 16];
    let mut index = 0;
    while index < 16 {
        let mut remainder = index as u32;
        let mut bit = 0;
        while bit < 4 {
            let carry = remainder & 1;
            remainder = (remainder >> 1) ^ (POLYNOMIAL * carry);
            bit += 1;
        }
        table[index] = remainder;
        index += 1;
    }
    table
};

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let add = |state: u32| (state >> 4) ^ HALF_BYTES[(state & 15) as usize];
    let end = bytes
        .iter()
        .fold(u32::MAX, |state, byte| add(add(state ^ u32::from(*byte))));
    !end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_checksums() {
        // The check value of every catalogue of checksums.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(&[0; 32]), 0x190a_55ad);
    }
}

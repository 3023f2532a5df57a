//! The checksum that PayPal signs in place of the body (ISO 3309, as gzip and zlib have it).

/// Of each half of a byte, the remainder by the reversed polynomial.
const REMAINDERS: [u32; 16] = {
    let mut table = [0; 16];
    let mut half = 0;
    while half < table.len() {
        let mut remainder = half as u32;
        let mut bit = 0;
        while bit < 4 {
            let carry = if remainder & 1 == 1 { 0xedb8_8320 } else { 0 };
            remainder = (remainder >> 1) ^ carry;
            bit += 1;
        }
        table[half] = remainder;
        half += 1;
    }
    table
};

/// A table of sixteen is enough: bodies are small, and the RSA signature takes longer.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |remainder: u32| (remainder >> 4) ^ REMAINDERS[(remainder & 15) as usize];
    !bytes.iter().fold(u32::MAX, |remainder, byte| {
        step(step(remainder ^ u32::from(*byte)))
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}

//! Valgrind's client requests: how a program talks to the tool that runs it.
//!
//! They are written out here because the alternatives, a C shim or a crate of bindings, need
//! valgrind's headers (and libclang) wherever the workspace is built. The instruction sequences
//! are documented in `valgrind.h`, do nothing on a processor, and have not changed since 2008.

use std::hint::black_box;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
/// Requests of memcheck begin at its initials.
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;

pub(crate) fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

/// How many errors were found until now.
pub(crate) fn count_errors() -> usize {
    request(COUNT_ERRORS, 0, 0)
}

/// Marks these bytes as secret: every branch and address that depends on them is an error.
pub(crate) fn make_secret(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr() as usize, bytes.len());
    // The compiler must not use what it knew of the bytes.
    black_box(bytes);
}

/// Marks these bytes as public.
pub(crate) fn make_public(bytes: &mut [u8]) {
    request(MAKE_MEM_DEFINED, bytes.as_mut_ptr() as usize, bytes.len());
    black_box(bytes);
}

/// Sends one request; its answer is 0 where no valgrind runs.
fn request(code: usize, first: usize, second: usize) -> usize {
    let arguments = [code, first, second, 0, 0, 0];
    let mut answer = 0;
    // SAFETY: on a processor the instructions rotate a register by its width and move one to
    // itself. Valgrind reads the six arguments and marks memory that the caller owns.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "ror x12, x12, #3",
            "ror x12, x12, #13",
            "ror x12, x12, #51",
            "ror x12, x12, #61",
            "orr x10, x10, x10",
            in("x4") arguments.as_ptr(),
            inout("x3") answer,
        );
    }
    black_box(&arguments);
    answer = black_box(answer);
    answer
}

//! What the program says when it cannot do its work.

use std::process::Command;

#[test]
fn without_a_module_it_says_how_it_is_called() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask-wasm-glue"))
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("usage: xtask-wasm-glue <module.wasm> <folder> <name>"),
        "{said}"
    );
}

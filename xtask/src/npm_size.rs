//! How large what the npm package ships may be.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::tools::{command, output};

/// Bounds of what ships, in bytes, a little above what it is: of each module with gzip, and of the
/// tarball. Those who only verify load the first module alone, of which 13,000 bytes are the schemes of
/// sixty-one providers and what they need, and 3,500 the descriptions of ten with public keys. The second
/// is the first with those keys: RSA and its numbers take some 20,000 bytes of it, ECDSA 10,000, Ed25519
/// 6,000, certificates and the reading of keys 20,000, JSON Web Signatures and the rest of the verdict
/// 15,000. Of the monitor, 8,300 bytes show
/// senders; of the sender, 3,000 hold payloads to schemas. The tarball has the JavaScript of each part
/// twice, for `import` and `require`, so that the inbox takes 45,000 bytes of it; and each module's
/// bytes three times, so that the monitor takes 210,000, the sender 230,000 and the reports 620,000:
/// they verify, with public keys, too; and the samples for tests twice, 15,000 each, which neither module has.
const MAX_WASM_GZIP: [(&str, u64); 6] = [
    ("countersign", 101_500),
    ("asymmetric", 185_500),
    ("receiver", 46_000),
    ("monitor", 48_500),
    ("sender", 38_100),
    ("explain", 185_000),
];
const MAX_TARBALL: u64 = 2_595_000;

/// Measures the package that was made in this folder.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let dist = folder.join("package").join("dist");
    let measure = "
        const { readFileSync } = require('node:fs');
        const { gzipSync } = require('node:zlib');
        console.log(gzipSync(readFileSync(process.argv[1]), { level: 9 }).length);
    ";
    let mut too_large = Vec::new();
    for (name, bound) in MAX_WASM_GZIP {
        let module = dist.join(format!("{name}.wasm"));
        let gzip: u64 = output(command("node", ["-e", measure]).arg(&module))?
            .trim()
            .parse()
            .context("the size is no number")?;
        println!("    {name}.wasm: {gzip} bytes with gzip, of {bound}");
        if gzip > bound {
            too_large.push(name);
        }
    }
    let tarballs = fs::read_dir(folder)?.filter_map(Result::ok);
    let tarball = tarballs
        .filter(|file| file.path().extension().is_some_and(|end| end == "tgz"))
        .map(|file| file.metadata().map(|data| data.len()))
        .max_by_key(|size| size.as_ref().copied().unwrap_or(0))
        .context("there is no tarball")??;
    println!("    tarball: {tarball} bytes, of {MAX_TARBALL}");
    ensure!(too_large.is_empty(), "too large: {}", too_large.join(", "));
    ensure!(tarball <= MAX_TARBALL, "the tarball is too large");
    Ok(())
}

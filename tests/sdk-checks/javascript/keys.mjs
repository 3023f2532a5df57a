/** Pairs of keys, for schemes whose secret is a public key; the providers' libraries sign with none. */

import { createECDH, createPrivateKey, sign } from "node:crypto";

/** The private keys, by the public keys as the providers write them. */
const privateKeys = new Map();
/** What stands before the 32 bytes of a private key of Ed25519 in PKCS #8 (RFC 8410 section 7). */
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
/** What stands before the 65 bytes of a public key of P-256 in its DER (RFC 5480 section 2). */
const P256_SPKI = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export function ed25519Public(random) {
  const seed = random.bytes(32);
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: "der", type: "pkcs8" });
  const bytes = Buffer.from(key.export({ format: "jwk" }).x, "base64url");
  privateKeys.set(bytes.toString("hex"), { key, seed });
  return bytes.toString("hex");
}

/** The pair as Countersign signs with it. */
export function ed25519Pair(publicKey) {
  const pair = Buffer.concat([privateKeys.get(publicKey).seed, Buffer.from(publicKey, "hex")]);
  return `whsk_${pair.toString("base64")}`;
}

export function ed25519Signature(publicKey, content) {
  return sign(null, content, privateKeys.get(publicKey).key).toString("hex");
}

/** What only a lax library takes for the same signature. */
export function ed25519Rewritten(signature) {
  const bytes = Buffer.from(signature, "hex");
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`);
  const added = bytesOf(scalar + ED25519_ORDER).reverse();
  return { "a number that is too large": Buffer.concat([bytes.subarray(0, 32), added]).toString("hex") };
}

export function p256Public(random) {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(random.bytes(32));
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", d: pair.getPrivateKey("base64url"), x, y };
  const publicKey = Buffer.concat([P256_SPKI, point]).toString("base64");
  privateKeys.set(publicKey, { key: createPrivateKey({ key: jwk, format: "jwk" }) });
  return publicKey;
}

export function p256Signature(publicKey, content) {
  // How long the two numbers are is chance, and what comes of a change depends on it: it follows from
  // the content, so that a seed repeats a run.
  const [first, second] = [[32, 32], [32, 33], [33, 32], [33, 33]][content.length % 4];
  for (;;) {
    const der = sign("sha256", content, privateKeys.get(publicKey).key);
    if (der[3] === first && der.length === first + second + 6) {
      return der.toString("base64");
    }
  }
}

/** Whether the lengths of a signature are right, and its first number has no zero more than it needs. */
export function isDer(signature = "") {
  const der = Buffer.from(signature, "base64");
  const second = 4 + der[3];
  const lengths = der[1] === der.length - 2 && der[second + 1] === der.length - second - 2;
  return lengths && (der[4] !== 0 || der[5] >= 0x80);
}

/** What only a lax library takes for the same signature, but for the other root, which is as good. */
export function p256Rewritten(signature) {
  const der = Buffer.from(signature, "base64");
  const numbers = der.subarray(2);
  const first = numbers.subarray(0, 2 + numbers[1]);
  const second = BigInt(`0x${numbers.subarray(first.length + 2).toString("hex")}`);
  const root = bytesOf(P256_ORDER - second);
  // Of 32 bytes, before which there is a zero if the number would be negative.
  const other = root[0] < 0x80 ? [2, 32, ...root] : [2, 33, 0, ...root];
  const texts = {
    "the other root": [0x30, first.length + other.length, ...first, ...other],
    "a length that is too large": [0x30, numbers.length + 8, ...numbers],
    "a length in two bytes": [0x30, 0x81, numbers.length, ...numbers],
    "a zero more": [0x30, numbers.length + 1, 2, numbers[1] + 1, 0, ...numbers.subarray(2)],
    "a byte after it": [...der, 0],
  };
  return Object.fromEntries(Object.entries(texts).map(([kind, text]) => [kind, Buffer.from(text).toString("base64")]));
}

/** The 32 bytes of a number, the greatest first. */
function bytesOf(number) {
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex");
}

/** What accompanies a body to the core: headers, method, URL, id and key, as one text with lengths. */

import { refuseTooLarge } from "./exchange.js";

/** What an entry is when it is no header; the core has the same numbers. */
export const METHOD = 0xffff_ffff;
export const REQUEST_URL = 0xffff_fffe;
export const ID = 0xffff_fffd;
export const KEY = 0xffff_fffc;

/** Text of this length and beyond is refused; engines stop at twice that. */
const TOO_LARGE = 1 << 28;

/** The lengths are in UTF-16 units, which are bytes as long as the text is ASCII. */
export class Message {
  text = "";
  /** What each entry is, and the length of its text. */
  readonly entries: number[] = [];

  /** @throws {@link PayloadError} `payload_too_large`. */
  add(kind: number, text: string): void {
    if (this.text.length + text.length >= TOO_LARGE) {
      refuseTooLarge();
    }
    this.entries.push(kind, text.length);
    this.text += text;
  }

  /** Adds a key and its value, of which the core knows by their places what they are. */
  addField(key: string, value: string): void {
    if (this.text.length + value.length >= TOO_LARGE >> 1) {
      throw new TypeError("the scheme's description is too long");
    }
    this.add(0, key);
    this.add(0, value);
  }

  addOptional(kind: number, text: string | undefined): void {
    if (text !== undefined) {
      this.add(kind, text);
    }
  }

  /** @internal The text of each entry. */
  texts(): string[] {
    const texts: string[] = [];
    let start = 0;
    for (let at = 1; at < this.entries.length; at += 2) {
      texts.push(this.text.slice(start, (start += this.entries[at]!)));
    }
    return texts;
  }

  /** @internal The texts in UTF-8, for the rare one that is not ASCII; half a surrogate pair is U+FFFD. */
  encode(encoder: TextEncoder): { entries: number[]; texts: Uint8Array[] } {
    const entries: number[] = [];
    const texts: Uint8Array[] = [];
    let start = 0;
    for (let at = 0; at < this.entries.length; at += 2) {
      const end = start + this.entries[at + 1]!;
      const text = encoder.encode(this.text.slice(start, end));
      entries.push(this.entries[at]!, text.length);
      texts.push(text);
      start = end;
    }
    return { entries, texts };
  }
}

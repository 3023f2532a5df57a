//! Random messages: every JSON, with the characters that go wrong where texts are handled as texts.

use serde_json::{Map, Number, Value};

use crate::record::{Content, Sent};

/// SplitMix64, so that a seed says everything.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn choice<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Ranges of characters, most of them odd; a range is as likely as any other.
const CHARACTERS: [(char, char); 18] = [
    ('a', 'z'),
    (' ', '~'),
    ('\0', '\u{1f}'), // controls, which JSON escapes
    ('"', '"'),
    ('\\', '\\'),
    ('\u{7f}', '\u{9f}'),     // DEL and C1
    ('\u{a0}', '\u{ff}'),     // Latin-1
    ('\u{300}', '\u{36f}'),   // combining marks
    ('\u{5d0}', '\u{64a}'),   // right to left
    ('\u{200b}', '\u{200f}'), // no width, directions
    ('\u{2028}', '\u{202e}'), // line separators, overrides
    ('\u{3040}', '\u{30ff}'),
    ('\u{e000}', '\u{f8ff}'),     // private use
    ('\u{feff}', '\u{feff}'),     // byte order mark
    ('\u{fffc}', '\u{ffff}'),     // replacement character, noncharacters
    ('\u{1f300}', '\u{1faff}'),   // pairs in UTF-16
    ('\u{e0100}', '\u{e01ef}'),   // variation selectors
    ('\u{10fff0}', '\u{10ffff}'), // the end of Unicode
];

impl Random {
    fn character(&mut self) -> char {
        let (from, to) = self.choice(&CHARACTERS);
        let span = u32::from(to) - u32::from(from) + 1;
        let code = u32::from(from) + self.below(span as usize) as u32;
        // No range holds a surrogate.
        char::from_u32(code).unwrap_or(from)
    }

    fn text(&mut self) -> String {
        let length = self.choice(&[0, 1, 2, 5, 20, 60]);
        (0..length).map(|_| self.character()).collect()
    }

    fn number(&mut self) -> Number {
        match self.below(4) {
            0 => Number::from(self.below(1_000)),
            1 => Number::from(-((1_i64 << 53) - 1)),
            2 => Number::from((1_u64 << 53) - 1),
            _ => Number::from_f64(self.next() as f64 / 7.0e9).unwrap_or_else(|| 0.into()),
        }
    }

    fn json(&mut self, levels: usize) -> Value {
        match self.below(if levels == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 1),
            2 => Value::Number(self.number()),
            3 | 4 => Value::String(self.text()),
            5 => (0..self.below(4)).map(|_| self.json(levels - 1)).collect(),
            _ => {
                let count = self.below(5);
                let members = (0..count).map(|_| (self.text(), self.json(levels - 1)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// 24 to 64 bytes, which is what Standard Webhooks wants, in its form.
    pub(crate) fn secret(&mut self) -> String {
        use base64::prelude::{BASE64_STANDARD, Engine as _};
        let length = 24 + self.below(41);
        let key: Vec<u8> = (0..length).map(|_| self.next() as u8).collect();
        format!("whsec_{}", BASE64_STANDARD.encode(key))
    }

    /// 1 to 40 visible characters of ASCII, but for the dot, which would end an id.
    fn name(&mut self) -> String {
        let length = 1 + self.below(40);
        let visible = |random: &mut Self| char::from(b'!' + random.below(94) as u8);
        (0..length)
            .map(|_| match visible(self) {
                '.' => '_',
                character => character,
            })
            .collect()
    }

    /// A message, whose id begins with this.
    pub(crate) fn message(&mut self, start: &str) -> Sent {
        let data = self.json(4);
        let raw = |value: &Value| serde_json::value::to_raw_value(value);
        let content = match self.below(3) {
            // A payload of the program's own, in which the white space is odd.
            0 => Content::Payload(format!(
                "\r\n{{\t\"type\" : \"own\", \"data\" :\n{:#}\u{20}}} \n",
                serde_json::json!({"own": data, "again": self.text()})
            )),
            _ => Content::Data(raw(&data).expect("a value is JSON")),
        };
        Sent {
            id: format!("{start}{}", self.name()),
            event_type: self.name(),
            content,
        }
    }
}

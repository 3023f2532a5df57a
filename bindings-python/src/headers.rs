//! Headers, in every form that frameworks give them. Only those that the scheme reads are
//! collected, all instances of each.

use countersign::Headers;
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use pyo3::{intern, types::PyIterator};
use smallvec::SmallVec;

use crate::capi;
use crate::errors::wrong_type;
use crate::shared::SharedBytes;

const WANTED: &str = "a mapping or an iterable of pairs";

/// The names of the headers that a webhook reads.
pub(crate) struct Names {
    names: Vec<Name>,
    /// Bit `n` is set if a name has `n` characters, which are 64 at most.
    lengths: u128,
}

struct Name {
    text: Box<str>,
    /// Literals in the user's program are the same object, so that no text needs comparing.
    interned: Py<PyString>,
}

/// A name of which a key is an instance.
struct Match<'a> {
    name: &'a str,
    /// In the form that WSGI gives it: `HTTP_X_NAME`.
    environ: bool,
}

impl Names {
    pub(crate) fn new(py: Python<'_>, names: &[&str]) -> Self {
        let name = |text: &&str| Name {
            text: (*text).into(),
            interned: PyString::intern(py, text).unbind(),
        };
        Self {
            names: names.iter().map(name).collect(),
            lengths: names
                .iter()
                .fold(0, |lengths, name| lengths | length_bit(name.len())),
        }
    }

    fn find(&self, key: &Bound<'_, PyAny>) -> PyResult<Found<'_>> {
        for name in &self.names {
            if name.interned.as_ptr() == key.as_ptr() {
                return Ok(Found::header(&name.text));
            }
        }
        let key = if let Ok(text) = key.cast::<PyString>() {
            // A name with a lone surrogate is not one of ours.
            capi::utf8(text).unwrap_or_default().as_bytes()
        } else if let Ok(bytes) = key.cast::<PyBytes>() {
            bytes.as_bytes()
        } else {
            return Err(wrong_type("a header's name", "str or bytes", key));
        };
        if self.lengths & length_bit(key.len()) != 0 {
            let same = |name: &&Name| name.text.as_bytes().eq_ignore_ascii_case(key);
            if let Some(name) = self.names.iter().find(same) {
                return Ok(Found::header(&name.text));
            }
        }
        Ok(self.find_in_environ(key))
    }

    /// Keys of a WSGI environ: `HTTP_` and the name in upper case with `_`, but for two.
    fn find_in_environ(&self, key: &[u8]) -> Found<'_> {
        if matches!(key, b"wsgi.version" | b"REQUEST_METHOD") {
            return Found::Environ;
        }
        let name = match key {
            b"CONTENT_TYPE" | b"CONTENT_LENGTH" => key,
            _ => match key.strip_prefix(b"HTTP_") {
                Some(name) => name,
                None => return Found::Nothing,
            },
        };
        if self.lengths & length_bit(name.len()) == 0 {
            return Found::Nothing;
        }
        let same = |candidate: &&Name| {
            let written = candidate.text.bytes().map(|byte| match byte {
                b'-' => b'_',
                other => other.to_ascii_uppercase(),
            });
            written.eq(name.iter().copied())
        };
        match self.names.iter().find(same) {
            Some(name) => Found::Match(Match {
                name: &name.text,
                environ: true,
            }),
            None => Found::Nothing,
        }
    }
}

/// What a key is.
enum Found<'a> {
    Nothing,
    /// The mark of a WSGI environ.
    Environ,
    Match(Match<'a>),
}

impl<'a> Found<'a> {
    fn header(name: &'a str) -> Self {
        Self::Match(Match {
            name,
            environ: false,
        })
    }
}

fn length_bit(length: usize) -> u128 {
    u32::try_from(length)
        .ok()
        .and_then(|length| 1_u128.checked_shl(length))
        .unwrap_or(0)
}

/// The instances of the headers that a webhook reads.
pub(crate) struct Collected<'a> {
    names: &'a Names,
    instances: SmallVec<[Instance<'a>; 3]>,
    /// Whether the keys are those of a WSGI environ.
    environ: bool,
}

struct Instance<'a> {
    matched: Match<'a>,
    value: SharedBytes,
}

impl<'a> Collected<'a> {
    pub(crate) fn read(names: &'a Names, headers: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut collected = Self {
            names,
            instances: SmallVec::new(),
            environ: false,
        };
        if let Ok(dict) = headers.cast_exact::<PyDict>() {
            capi::each_pair(dict, |key, value| collected.add(key, value))?;
        } else {
            collected
                .add_all(headers)
                .map_err(|error| foreign(headers.py(), error))?;
        }
        let environ = collected.environ;
        collected
            .instances
            .retain(|instance| instance.matched.environ == environ);
        Ok(collected)
    }

    /// What keeps the values alive.
    pub(crate) fn into_owners(self) -> SmallVec<[Py<PyAny>; 3]> {
        let owners = self.instances.into_iter();
        owners.map(|instance| instance.value.into_owner()).collect()
    }

    fn add_all(&mut self, headers: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = headers.py();
        if headers.is_instance_of::<PyString>() || headers.is_instance_of::<PyBytes>() {
            return Err(wrong_type("the headers", WANTED, headers));
        }
        if let Some(values_of) = headers.getattr_opt(intern!(py, "getlist"))?
            && headers.is_instance_of::<PyDict>()
        {
            // A dict of lists whose `items` shows one value of each, as MultiDict in werkzeug and
            // Django.
            for name in headers.try_iter()? {
                let name = name?;
                let values = values_of.call1((&name,))?;
                self.add(&name, &values)?;
            }
            return Ok(());
        }
        // `items` of httpx joins the instances.
        for all_pairs in [intern!(py, "multi_items"), intern!(py, "items")] {
            if let Some(pairs) = headers.getattr_opt(all_pairs)? {
                return self.add_pairs(&pairs.call0()?.try_iter()?);
            }
        }
        let pairs = headers
            .try_iter()
            .map_err(|_| wrong_type("the headers", WANTED, headers))?;
        self.add_pairs(&pairs)?;
        // Pairs are no environ, whatever names a request brings.
        self.environ = false;
        Ok(())
    }

    fn add_pairs(&mut self, pairs: &Bound<'_, PyIterator>) -> PyResult<()> {
        for pair in pairs {
            let pair = pair?;
            let items = list(&pair);
            let Some([key, value]) = items.as_deref() else {
                return Err(wrong_type("a header", "a pair of name and value", &pair));
            };
            self.add(key, value)?;
        }
        Ok(())
    }

    fn add(&mut self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match self.names.find(key)? {
            Found::Nothing => Ok(()),
            Found::Environ => {
                self.environ = true;
                Ok(())
            }
            Found::Match(matched) => self.add_value(matched, value, true),
        }
    }

    fn add_value(
        &mut self,
        matched: Match<'a>,
        value: &Bound<'_, PyAny>,
        may_be_list: bool,
    ) -> PyResult<()> {
        let value = if let Ok(text) = value.cast::<PyString>() {
            match SharedBytes::of_text(text) {
                Some(bytes) => bytes,
                // Core refuses these bytes, as it does every other that is not ASCII.
                None => SharedBytes::of_bytes(&capi::utf8_with_surrogates(text)?),
            }
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            SharedBytes::of_bytes(bytes)
        } else if value.is_none() {
            return Ok(());
        } else if let Some(values) = list(value).filter(|_| may_be_list) {
            let Match { name, environ } = matched;
            return values
                .iter()
                .try_for_each(|value| self.add_value(Match { name, environ }, value, false));
        } else {
            let what = format!("the header {}", matched.name);
            return Err(wrong_type(&what, "str, bytes or a list of them", value));
        };
        self.instances.push(Instance { matched, value });
        Ok(())
    }
}

/// The items of a list or tuple.
fn list<'py>(value: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = value.cast::<PyList>() {
        Some(list.iter().collect())
    } else {
        let tuple = value.cast::<PyTuple>().ok()?;
        Some(tuple.iter().collect())
    }
}

/// A failure inside the user's own mapping: a `TypeError` that names it as its cause.
fn foreign(py: Python<'_>, error: PyErr) -> PyErr {
    let ours = error.is_instance_of::<PyTypeError>(py);
    if ours || !error.is_instance_of::<PyException>(py) {
        return error;
    }
    let wrapped = PyTypeError::new_err("the headers cannot be read");
    wrapped.set_cause(py, Some(error));
    wrapped
}

impl Headers for Collected<'_> {
    fn each<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        for instance in &self.instances {
            if instance.matched.name == name {
                visit(&instance.value);
            }
        }
    }
}

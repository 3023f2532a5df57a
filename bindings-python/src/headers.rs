//! Headers, in every form that frameworks give them. Only those that the scheme reads are
//! collected, all instances of each.

use countersign::{HeaderName, Headers};
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
    /// Bit `n` is set if a name has `n` characters (0 for 64, the most), to pass over most keys.
    lengths: u64,
}

struct Name {
    text: Box<str>,
    /// Literals in the user's program are the same object, so that no text needs comparing.
    interned: Py<PyString>,
}

/// The name of which a key is an instance.
#[derive(Clone, Copy)]
struct Match {
    /// Its index; a scheme has some thirty names at most.
    name: u16,
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

    /// The object of this name: a dict that is made with it is read the fastest.
    pub(crate) fn object(&self, name: &str) -> Option<&Py<PyString>> {
        let same = |candidate: &&Name| *candidate.text == *name;
        self.names.iter().find(same).map(|name| &name.interned)
    }

    fn text(&self, matched: Match) -> &str {
        &self.names[usize::from(matched.name)].text
    }

    fn find(&self, key: &Bound<'_, PyAny>) -> PyResult<Found> {
        let the_same_object = |name: &Name| name.interned.as_ptr() == key.as_ptr();
        if let Some(found) = self.position(false, the_same_object) {
            return Ok(found);
        }
        let key = if let Ok(text) = key.cast::<PyString>() {
            // A name with a lone surrogate is not one of ours.
            capi::utf8(text).unwrap_or_default().as_bytes()
        } else if let Ok(bytes) = key.cast::<PyBytes>() {
            bytes.as_bytes()
        } else {
            return Err(wrong_type("a header's name", "str or bytes", key));
        };
        let mut found = None;
        if self.lengths & length_bit(key.len()) != 0 {
            let in_lower_case = |name: &Name| name.text.as_bytes() == key;
            let in_any_case = |name: &Name| name.text.as_bytes().eq_ignore_ascii_case(key);
            found = self
                .position(false, in_lower_case)
                .or_else(|| self.position(false, in_any_case));
        }
        Ok(found.unwrap_or_else(|| self.find_in_environ(key)))
    }

    /// Keys of a WSGI environ: `HTTP_` and the name in upper case with `_`, but for two.
    fn find_in_environ(&self, key: &[u8]) -> Found {
        let name = match key {
            b"wsgi.version" | b"REQUEST_METHOD" => return Found::Environ,
            b"CONTENT_TYPE" | b"CONTENT_LENGTH" => key,
            _ => match key.strip_prefix(b"HTTP_") {
                Some(name) => name,
                None => return Found::Nothing,
            },
        };
        if self.lengths & length_bit(name.len()) == 0 {
            return Found::Nothing;
        }
        let same = |candidate: &Name| {
            let written = candidate.text.bytes().map(|byte| match byte {
                b'-' => b'_',
                other => other.to_ascii_uppercase(),
            });
            written.eq(name.iter().copied())
        };
        self.position(true, same).unwrap_or(Found::Nothing)
    }

    fn position(&self, environ: bool, same: impl FnMut(&Name) -> bool) -> Option<Found> {
        let name = self.names.iter().position(same)?;
        let name = u16::try_from(name).ok()?;
        Some(Found::Match(Match { name, environ }))
    }
}

/// What a key is.
enum Found {
    Nothing,
    /// The mark of a WSGI environ.
    Environ,
    Match(Match),
}

fn length_bit(length: usize) -> u64 {
    1 << (length % 64)
}

/// The instances of the headers that a webhook reads.
pub(crate) struct Collected<'a> {
    names: &'a Names,
    instances: SmallVec<[Instance; 3]>,
    /// Whether the keys are those of a WSGI environ.
    environ: bool,
}

struct Instance {
    matched: Match,
    value: SharedBytes,
}

impl<'a> Collected<'a> {
    pub(crate) fn read(names: &'a Names, headers: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut collected = Self {
            names,
            instances: SmallVec::new(),
            environ: false,
        };
        let pairs = each_header(headers, &mut |key, value| collected.add(key, value))?;
        // Pairs are no environ, whatever names a request brings.
        collected.environ &= !pairs;
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
        matched: Match,
        value: &Bound<'_, PyAny>,
        may_be_list: bool,
    ) -> PyResult<()> {
        if let Some(value) = text_of(value)? {
            self.instances.push(Instance { matched, value });
            return Ok(());
        }
        if value.is_none() {
            return Ok(());
        }
        let Some(values) = list(value).filter(|_| may_be_list) else {
            let what = format!("the header {}", self.names.text(matched));
            return Err(wrong_type(&what, "str, bytes or a list of them", value));
        };
        values
            .iter()
            .try_for_each(|value| self.add_value(matched, value, false))
    }
}

/// Calls `add` with each header, whose value may be a list; whether they are plain pairs.
pub(crate) fn each_header<'py>(
    headers: &Bound<'py, PyAny>,
    add: &mut impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<bool> {
    if let Ok(dict) = headers.cast_exact::<PyDict>() {
        capi::each_pair(dict, add)?;
        return Ok(false);
    }
    each_of_other(headers, add).map_err(|error| foreign(headers.py(), error))
}

fn each_of_other<'py>(
    headers: &Bound<'py, PyAny>,
    add: &mut impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<bool> {
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
            add(&name, &values)?;
        }
        return Ok(false);
    }
    // `items` of httpx joins the instances.
    for all_pairs in [intern!(py, "multi_items"), intern!(py, "items")] {
        if let Some(pairs) = headers.getattr_opt(all_pairs)? {
            each_of_pairs(&pairs.call0()?.try_iter()?, add)?;
            return Ok(false);
        }
    }
    let pairs = headers
        .try_iter()
        .map_err(|_| wrong_type("the headers", WANTED, headers))?;
    each_of_pairs(&pairs, add)?;
    Ok(true)
}

fn each_of_pairs<'py>(
    pairs: &Bound<'py, PyIterator>,
    add: &mut impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    for pair in pairs {
        let pair = pair?;
        let items = list(&pair);
        let Some([key, value]) = items.as_deref() else {
            return Err(wrong_type("a header", "a pair of name and value", &pair));
        };
        add(key, value)?;
    }
    Ok(())
}

/// The bytes of a header's value, if it is a text.
fn text_of(value: &Bound<'_, PyAny>) -> PyResult<Option<SharedBytes>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Some(match SharedBytes::of_text(text) {
            Some(bytes) => bytes,
            // Core refuses these bytes, as it does every other that is not ASCII.
            None => SharedBytes::of_bytes(&capi::utf8_with_surrogates(text)?),
        }));
    }
    let bytes = value.cast::<PyBytes>().ok();
    Ok(bytes.map(SharedBytes::of_bytes))
}

/// All headers, for a report; what is no text is passed over.
pub(crate) struct Every {
    headers: Vec<(String, SharedBytes)>,
    environ: bool,
}

impl Every {
    pub(crate) fn read(headers: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut every = Self {
            headers: Vec::new(),
            environ: false,
        };
        let pairs = each_header(headers, &mut |key, value| every.add(key, value))?;
        if every.environ && !pairs {
            every.headers.retain_mut(|(name, _)| {
                let bare = match &**name {
                    "CONTENT_TYPE" | "CONTENT_LENGTH" => &**name,
                    other => other.strip_prefix("HTTP_").unwrap_or_default(),
                };
                *name = bare.to_ascii_lowercase().replace('_', "-");
                !name.is_empty()
            });
        }
        Ok(every)
    }

    pub(crate) fn pairs(&self) -> Vec<(&str, &[u8])> {
        let headers = self.headers.iter();
        headers.map(|(name, value)| (&**name, &**value)).collect()
    }

    fn add(&mut self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = if let Ok(text) = key.cast::<PyString>() {
            capi::utf8(text).unwrap_or_default().to_owned()
        } else if let Ok(bytes) = key.cast::<PyBytes>() {
            String::from_utf8_lossy(bytes.as_bytes()).into_owned()
        } else {
            return Err(wrong_type("a header's name", "str or bytes", key));
        };
        self.environ |= matches!(&*name, "wsgi.version" | "REQUEST_METHOD");
        for value in list(value).unwrap_or_else(|| vec![value.clone()]) {
            if let Some(text) = text_of(&value)? {
                self.headers.push((name.clone(), text));
            }
        }
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
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        for instance in &self.instances {
            if usize::from(instance.matched.name) == name.index() {
                visit(&instance.value);
            }
        }
    }
}

//! `Event`.

use std::ops::Range;

use countersign::UnixTime;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::errors::wrong_value;
use crate::handshake::HandshakeReply;
use crate::number;
use crate::shared::SharedBytes;
use crate::text::representation;

/// A parsed event of a verified request.
///
/// >>> from countersign import Webhook
/// >>> webhook = Webhook("sha256", "hush")
/// >>> body = b'{"id": "evt_1", "type": "ping", "data": {"n": 1}}'
/// >>> event = webhook.unwrap(body, webhook.sign(body))
/// >>> event.id, event.type, event.data, event.dedupe_key
/// ('evt_1', 'ping', {'n': 1}, 'sha256:evt_1')
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Event {
    id: Option<Py<PyString>>,
    event_type: Option<Py<PyString>>,
    timestamp: Option<UnixTime>,
    dedupe_key: Option<Py<PyString>>,
    handshake: Option<Py<HandshakeReply>>,
    key_index: usize,
    body: SharedBytes,
    /// Where in the body.
    data: Option<Range<usize>>,
    payload: Range<usize>,
    is_form: bool,
    parsed_data: PyOnceLock<Py<PyAny>>,
    parsed_payload: PyOnceLock<Py<PyAny>>,
}

impl Event {
    /// The event that was parsed from this body.
    pub(crate) fn new(
        py: Python<'_>,
        event: &countersign::Event<'_>,
        body: &SharedBytes,
        key_index: usize,
    ) -> PyResult<Self> {
        let text = |text: Option<&str>| text.map(|text| PyString::new(py, text).unbind());
        let range = |part: &str| {
            let start = part.as_ptr().addr() - body.as_ptr().addr();
            start..start + part.len()
        };
        let handshake = event.handshake();
        let handshake = handshake.map(|reply| HandshakeReply::new(py, reply));
        Ok(Self {
            id: text(event.id()),
            event_type: text(event.event_type()),
            timestamp: event.timestamp(),
            dedupe_key: text(event.dedupe_key()),
            handshake: handshake.transpose()?,
            key_index,
            body: body.clone_ref(py),
            data: event.data().map(range),
            payload: range(event.payload()),
            is_form: event.is_form(),
            parsed_data: PyOnceLock::new(),
            parsed_payload: PyOnceLock::new(),
        })
    }

    /// The host's parser reads what core has checked: it is faster than building objects one by
    /// one from here, and gives what users expect of `json.loads`.
    fn parse<'py>(&self, py: Python<'py>, part: &Range<usize>) -> PyResult<Bound<'py, PyAny>> {
        static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        static PARSE_QSL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let text = PyString::from_bytes(py, &self.body[part.clone()])?;
        if !self.is_form {
            return LOADS.import(py, "json", "loads")?.call1((text,));
        }
        let keep_blank = PyDict::new(py);
        keep_blank.set_item("keep_blank_values", true)?;
        let pairs = PARSE_QSL
            .import(py, "urllib.parse", "parse_qsl")?
            .call((text,), Some(&keep_blank))?;
        Ok(PyDict::from_sequence(&pairs)?.into_any())
    }
}

#[pymethods]
impl Event {
    /// The event's id; ``None`` if it has none.
    #[getter]
    fn id(&self) -> Option<&Py<PyString>> {
        self.id.as_ref()
    }

    /// The event's type, such as ``invoice.paid``; ``None`` if it has none.
    #[getter]
    fn r#type(&self) -> Option<&Py<PyString>> {
        self.event_type.as_ref()
    }

    /// When the event happened, as the payload says, in Unix seconds, a ``float`` if it has a
    /// fraction; ``None`` if it says nothing.
    #[getter]
    fn timestamp<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let timestamp = self.timestamp;
        timestamp
            .map(|time| number::from_time(py, time))
            .transpose()
    }

    /// The scheme's data field, or the whole payload if the scheme names none; ``None`` if the
    /// field is absent. JSON as ``json.loads`` gives it, a form as a dict of str, the last of
    /// several fields of one name. Parsed when first asked for, then kept.
    #[getter]
    fn data<'py>(&'py self, py: Python<'py>) -> PyResult<Option<&'py Bound<'py, PyAny>>> {
        let Some(data) = &self.data else {
            return Ok(None);
        };
        if *data == self.payload {
            return self.payload(py).map(Some);
        }
        let parse = || self.parse(py, data).map(Bound::unbind);
        let data = self.parsed_data.get_or_try_init(py, parse)?;
        Ok(Some(data.bind(py)))
    }

    /// The whole payload, in the form of ``data``. Parsed when first asked for, then kept.
    #[getter]
    fn payload<'py>(&'py self, py: Python<'py>) -> PyResult<&'py Bound<'py, PyAny>> {
        let parse = || self.parse(py, &self.payload).map(Bound::unbind);
        let payload = self.parsed_payload.get_or_try_init(py, parse)?;
        Ok(payload.bind(py))
    }

    /// The verified bytes of the body.
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let owner = self.body.owner().bind(py);
        match owner.cast::<PyBytes>() {
            Ok(bytes) => bytes.clone(),
            Err(_) => PyBytes::new(py, &self.body),
        }
    }

    /// The identity of the delivery, with the scheme's name before it: the key to refuse
    /// duplicates by, for ``Webhook.dedupe_lifetime``. ``None`` if the event has none.
    #[getter]
    fn dedupe_key(&self) -> Option<&Py<PyString>> {
        self.dedupe_key.as_ref()
    }

    /// What to answer, if this is no event but the provider's handshake; else ``None``.
    #[getter]
    fn handshake(&self) -> Option<&Py<HandshakeReply>> {
        self.handshake.as_ref()
    }

    /// Which secret fitted, counted from 0.
    #[getter]
    fn key_index(&self) -> usize {
        self.key_index
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("id", &self.id().into_bound_py_any(py)?),
            ("type", &self.r#type().into_bound_py_any(py)?),
            ("timestamp", &self.timestamp(py)?.into_bound_py_any(py)?),
            ("dedupe_key", &self.dedupe_key().into_bound_py_any(py)?),
            ("key_index", &self.key_index.into_bound_py_any(py)?),
        ];
        representation("Event", &fields)
    }
}

/// Where an event is in its body: whether that is a form, from which byte to which the payload
/// lies, and the data, if there is any. An inbox stores it for ``restore_event``.
///
/// >>> from countersign import Webhook
/// >>> from countersign._countersign import event_parts
/// >>> webhook = Webhook("stripe", "whsec_test")
/// >>> body = b' {"id": "evt_1", "type": "ping", "data": {}}'
/// >>> event_parts(webhook.unwrap(body, webhook.sign(body)))
/// (False, (1, 44), (41, 43))
#[pyfunction]
pub(crate) fn event_parts(event: &Bound<'_, Event>) -> Parts {
    let event = event.get();
    let ends = |part: &Range<usize>| (part.start, part.end);
    (
        event.is_form,
        ends(&event.payload),
        event.data.as_ref().map(ends),
    )
}

type Parts = (bool, (usize, usize), Option<(usize, usize)>);

/// The event that was verified and parsed before it was stored. No secret is asked, because it may
/// have been rotated meanwhile: only what an inbox stored itself may come here.
///
/// Raises ``TypeError``.
///
/// >>> from countersign._countersign import restore_event
/// >>> parts = (False, (0, 8), (5, 7))
/// >>> event = restore_event(b'{"n":17}', "evt_1", "ping", 1.5, "acme:evt_1", 0, parts)
/// >>> event.payload, event.data, event.timestamp
/// ({'n': 17}, 17, 1.5)
#[pyfunction]
#[pyo3(signature = (raw, id, r#type, timestamp, dedupe_key, key_index, parts))]
pub(crate) fn restore_event(
    raw: &Bound<'_, PyBytes>,
    id: Option<Py<PyString>>,
    r#type: Option<Py<PyString>>,
    timestamp: Option<&Bound<'_, PyAny>>,
    dedupe_key: Option<Py<PyString>>,
    key_index: usize,
    parts: Parts,
) -> PyResult<Event> {
    let body = SharedBytes::of_bytes(raw);
    let (is_form, payload, data) = parts;
    let range = |(start, end): (usize, usize)| match body.get(start..end) {
        Some(_) => Ok(start..end),
        None => Err(wrong_value("parts", "places in the body")),
    };
    Ok(Event {
        id,
        event_type: r#type,
        timestamp: timestamp.map(number::exact_time).transpose()?,
        dedupe_key,
        handshake: None,
        key_index,
        data: data.map(range).transpose()?,
        payload: range(payload)?,
        body,
        is_form,
        parsed_data: PyOnceLock::new(),
        parsed_payload: PyOnceLock::new(),
    })
}

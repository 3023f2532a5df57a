//! The status page as a service.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countersign::UnixTime;
use countersign::monitor::{
    BODY_LIMIT, MonitorError, StatusAnswer, StatusPage, StatusRequest, Step, judged_path,
};
use http::uri::Scheme;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use super::watching::Monitor;
use super::{inbox, outbox};
use crate::answer::of_parts;
use crate::body::read_body;
use crate::journal::system_time;
use crate::pipeline::called_uri;

const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What a [`Monitor`] saw, as a page for people and as metrics, for those who have the token: a
/// service of tower that takes requests with any body and never fails.
///
/// Below its path there are `/data` (JSON), `/metrics` (OpenMetrics), `/login`, `/replay` and
/// `/replay-delivery`, and nothing else: a path in any other spelling is not found. The token is sent as
/// `Authorization: Bearer`, or given to the form that others see, which begins a session.
///
/// ```
/// use axum::Router;
/// use countersign_tower::monitor::{Monitor, StatusService};
///
/// let status = StatusService::new(Monitor::new(), "a token of the reader's", "/status")?;
/// let mut router: Router = Router::new();
/// for path in status.paths() {
///     router = router.route_service(&path, status.clone());
/// }
/// # Ok::<(), countersign::monitor::MonitorError>(())
/// ```
#[derive(Clone)]
pub struct StatusService {
    monitor: Monitor,
    page: Arc<StatusPage>,
    is_secure: bool,
    body_timeout: Duration,
    clock: Arc<dyn Fn() -> UnixTime + Send + Sync>,
}

impl StatusService {
    /// A page at this path, such as `/webhooks/status`, below where a router nests it.
    ///
    /// # Errors
    /// If the token has less than 16 characters, characters that cannot be printed or spaces around
    /// it; if the path has others than letters, digits, `._~-` and single slashes.
    pub fn new(monitor: Monitor, token: &str, path: &str) -> Result<Self, MonitorError> {
        Ok(Self {
            monitor,
            page: Arc::new(StatusPage::new(token, path)?),
            is_secure: false,
            body_timeout: BODY_TIMEOUT,
            clock: Arc::new(system_time),
        })
    }

    /// Readers come by HTTPS, by a proxy in front of this server: their browsers send the session
    /// no other way. If not said, that is so for requests whose URI says it.
    pub fn secure(mut self) -> Self {
        self.is_secure = true;
        self
    }

    /// How long a form may take to arrive; 10 seconds if not said.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_timeout = time;
        self
    }

    /// Another clock than the system's, by which sessions end.
    pub fn clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// All paths that are found.
    pub fn paths(&self) -> Vec<String> {
        self.page.paths()
    }

    async fn answer<B: Body>(self, request: Request<B>) -> StatusAnswer {
        let (parts, body) = request.into_parts();
        let called = called_uri(&parts);
        let mut asked = StatusRequest::new(
            parts.method.as_str(),
            judged_path(called.path(), parts.uri.path()),
            &parts.headers,
        );
        asked.secure = self.is_secure || called.scheme() == Some(&Scheme::HTTPS);
        let read;
        if self.page.wants_body(asked.method, asked.path) {
            match read_body(body, BODY_LIMIT, self.body_timeout).await {
                Ok(bytes) => read = bytes,
                Err(error) => return StatusAnswer::refused(error.status()),
            }
            asked.body = &read;
        }
        let mut entropy = [0; 16];
        if getrandom::fill(&mut entropy).is_err() {
            tracing::error!("the host has no randomness for sessions of the status page");
            return StatusAnswer::refused(503);
        }
        let step = self.page.ask(&asked, (self.clock)(), entropy);
        self.take(step).await
    }

    /// Does what the page decided.
    async fn take(&self, step: Step) -> StatusAnswer {
        let monitor = &self.monitor;
        match step {
            Step::Answer(answer) => answer,
            Step::Data { csrf } => {
                let views = monitor.views(true).await;
                let (now, process) = ((self.clock)(), std::process::id().into());
                StatusAnswer::data(
                    &monitor.state(),
                    views.attached(),
                    now,
                    process,
                    csrf.as_deref(),
                )
            }
            Step::Metrics => {
                let views = monitor.views(false).await;
                StatusAnswer::metrics(&monitor.state(), views.attached())
            }
            Step::Replay { number } => {
                let replayed = match monitor.inbox() {
                    None => Some(false),
                    Some(inbox) => inbox::replay(inbox.clone(), number).await,
                };
                StatusAnswer::replayed(number, replayed)
            }
            Step::ReplayDelivery { number } => {
                let replayed = match monitor.outbox() {
                    None => Some(false),
                    Some(outbox) => outbox::replay(outbox.clone(), number).await,
                };
                StatusAnswer::delivery_replayed(number, replayed)
            }
            // What this version does not know is not done.
            _ => StatusAnswer::refused(500),
        }
    }
}

impl<B> Service<Request<B>> for StatusService
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let answer = service.answer(request).await;
            match answer.log() {
                Some(log) if log.is_warning() => tracing::warn!("{log}"),
                Some(log) => tracing::info!("{log}"),
                None => {}
            }
            let headers = answer.headers().iter();
            let headers = headers.map(|(name, value)| (*name, &**value));
            Ok(of_parts(answer.status(), headers, answer.body()))
        })
    }
}

impl fmt::Debug for StatusService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusService")
            .field("monitor", &self.monitor)
            .field("page", &self.page)
            .field("is_secure", &self.is_secure)
            .finish_non_exhaustive()
    }
}

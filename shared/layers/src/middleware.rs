//! A tower layer made of two plain functions, so that each file of this crate is about what it does rather than about
//! futures. axum's [`from_fn`](https://docs.rs/axum/0.8/axum/middleware/fn.from_fn.html) makes one of an async function,
//! which has to box its future and to clone the service that it wraps, for every request; what only looks at a request
//! and at its answer needs neither.

use crate::Body;
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::{
    convert::Infallible,
    mem,
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// What a layer does with a request, and with the answer of what it wraps.
pub trait Middleware: Clone + Send + Sync + 'static {
    /// What it keeps of a request for its answer. It is dropped with a request that is given up.
    type Kept: Send + 'static;

    /// Handles one request: either it goes on to what is wrapped, or this answers it.
    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, Self::Kept>;

    /// Handles the answer to a request that went on.
    fn after(kept: Self::Kept, response: &mut Response<Body>);
}

/// A service that always answers, with our [`Body`].
pub trait Answering<B>:
    Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<B, S> Answering<B> for S where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// A [`Middleware`] as a tower layer.
#[derive(Clone)]
pub struct MiddlewareLayer<M>(pub(crate) M);

impl<M> MiddlewareLayer<M> {
    /// This one, and within it `inner`, as one layer: a layer that looks at a request moves it, so that two move it twice.
    #[must_use]
    pub fn around<N>(self, inner: MiddlewareLayer<N>) -> MiddlewareLayer<(M, N)> {
        MiddlewareLayer((self.0, inner.0))
    }
}

/// The first around the second.
impl<M: Middleware, N: Middleware> Middleware for (M, N) {
    type Kept = (M::Kept, N::Kept);

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, Self::Kept> {
        let outer = self.0.before(request)?;
        match self.1.before(request) {
            ControlFlow::Continue(inner) => ControlFlow::Continue((outer, inner)),
            ControlFlow::Break(mut response) => {
                M::after(outer, &mut response);
                ControlFlow::Break(response)
            }
        }
    }

    fn after((outer, inner): Self::Kept, response: &mut Response<Body>) {
        N::after(inner, response);
        M::after(outer, response);
    }
}

impl<M: Clone, S> Layer<S> for MiddlewareLayer<M> {
    type Service = Wrapped<M, S>;

    fn layer(&self, inner: S) -> Wrapped<M, S> {
        Wrapped { middleware: self.0.clone(), inner }
    }
}

/// A service within a [`Middleware`].
#[derive(Clone)]
pub struct Wrapped<M, S> {
    middleware: M,
    inner: S,
}

impl<M: Middleware, S: Answering<B>, B> Service<Request<B>> for Wrapped<M, S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Handling<M, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.middleware.before(&mut request) {
            ControlFlow::Continue(kept) => Handling::Asked { answer: self.inner.call(request), kept: Some(kept) },
            ControlFlow::Break(response) => Handling::Answered { response: Box::new(response) },
        }
    }
}

pin_project! {
    /// The answer of a [`Wrapped`] service.
    #[project = Projected]
    pub enum Handling<M: Middleware, F> {
        /// What is wrapped was asked.
        Asked {
            #[pin]
            answer: F,
            // Nothing is kept behind the answer.
            kept: Option<M::Kept>,
        },
        /// The middleware answers itself.
        Answered {
            // Boxed, as every layer around moves the larger of the two.
            response: Box<Response<Body>>,
        },
    }
}

impl<M, F> Future for Handling<M, F>
where
    M: Middleware,
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The answer stays where it is: taken out and put back, it would be copied by every layer.
        let mut kept = &mut None;
        let mut answered = match self.project() {
            Projected::Asked { answer, kept: until } => {
                kept = until;
                answer.poll(cx)
            }
            Projected::Answered { response } => Poll::Ready(Ok(mem::take(&mut **response))),
        };
        if let Poll::Ready(Ok(response)) = &mut answered
            && let Some(kept) = kept.take()
        {
            M::after(kept, response);
        }
        answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use http::HeaderValue;
    use tower::{ServiceExt, service_fn};

    /// Says on the way out that it was passed; answers requests for its own path.
    #[derive(Clone)]
    struct Passed(&'static str);

    impl Middleware for Passed {
        type Kept = &'static str;

        fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, &'static str> {
            if request.uri().path() == self.0 {
                ControlFlow::Break(Response::default())
            } else {
                ControlFlow::Continue(self.0)
            }
        }

        fn after(kept: &'static str, response: &mut Response<Body>) {
            response.headers_mut().append("passed", HeaderValue::from_static(kept));
        }
    }

    /// What the answer to a request has passed.
    fn passed(layer: MiddlewareLayer<impl Middleware>, path: &str) -> Vec<String> {
        let inner = service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::<Body>::default()) });
        let request = Request::builder().uri(path).body(()).expect("a request");
        let Some(Ok(answer)) = layer.layer(inner).oneshot(request).now_or_never() else { return Vec::new() };
        let fields = answer.headers().get_all("passed").iter();
        fields.map(|field| field.to_str().expect("text").to_owned()).collect()
    }

    #[test]
    fn one_around_another_is_two_layers() {
        let both = || MiddlewareLayer(Passed("/outer")).around(MiddlewareLayer(Passed("/inner")));
        assert_eq!(passed(both(), "/"), ["/inner", "/outer"]);
        assert_eq!(passed(both(), "/inner"), ["/outer"]);
        assert!(passed(both(), "/outer").is_empty());
    }
}

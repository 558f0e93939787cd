//! A middleware made of two plain functions, by actix-web's
//! [`Transform` and `Service`](https://docs.rs/actix-web/4/actix_web/middleware/index.html).
//!
//! [`from_fn`](https://docs.rs/actix-web/4/actix_web/middleware/fn.from_fn.html) makes one of an `async fn`, which reads
//! better and boxes its future and the service that it wraps, for every request; what only looks at a request and at
//! its answer needs neither. In [`relay`](super::relay) it stands around one route.

use super::{Answer, Next};
use actix_web::{
    Error as ActixError, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
};
use pin_project_lite::pin_project;
use std::{
    future::{Ready, ready},
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// What a middleware does with a request, and with the answer of what it wraps.
pub(super) trait Middleware: Clone + 'static {
    /// What it keeps of a request for its answer. It is dropped with a request that is given up.
    type Kept: 'static;

    /// Handles one request: either it goes on to what is wrapped, or this answers it.
    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, Self::Kept>;

    /// Handles the answer to a request that went on.
    fn after(kept: Self::Kept, response: HttpResponse) -> HttpResponse;
}

/// A [`Middleware`] as actix-web takes it.
pub(super) struct Layer<M>(pub(super) M);

impl<M: Middleware, S: Next + 'static> Transform<S, ServiceRequest> for Layer<M> {
    type Response = ServiceResponse;
    type Error = ActixError;
    type Transform = Wrapped<M, S>;
    type InitError = ();
    type Future = Ready<Result<Wrapped<M, S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Wrapped { middleware: self.0.clone(), inner }))
    }
}

/// A service within a [`Middleware`].
pub(super) struct Wrapped<M, S> {
    middleware: M,
    inner: S,
}

impl<M: Middleware, S: Next> Service<ServiceRequest> for Wrapped<M, S> {
    type Response = ServiceResponse;
    type Error = ActixError;
    type Future = Handling<M, S::Future>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), ActixError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let state = match self.middleware.before(&mut request) {
            ControlFlow::Continue(kept) => State::Asked { answer: self.inner.call(request), kept: Some(kept) },
            ControlFlow::Break(response) => State::Answered { answer: Some(request.into_response(response)) },
        };
        Handling { state }
    }
}

pin_project! {
    /// The answer of a [`Wrapped`] service.
    pub(super) struct Handling<M: Middleware, F> {
        #[pin]
        state: State<M, F>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<M: Middleware, F> {
        // What is wrapped was asked; nothing is kept behind its answer.
        Asked { #[pin] answer: F, kept: Option<M::Kept> },
        // The middleware answers itself.
        Answered { answer: Option<ServiceResponse> },
    }
}

impl<M: Middleware, F: Future<Output = Answer>> Future for Handling<M, F> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        match self.project().state.project() {
            Projected::Asked { answer, kept } => {
                let answer = ready!(answer.poll(cx));
                Poll::Ready(match kept.take() {
                    Some(kept) => super::change(answer, |response| M::after(kept, response)),
                    None => answer,
                })
            }
            Projected::Answered { answer } => match answer.take() {
                Some(answer) => Poll::Ready(Ok(answer)),
                // It has been given already.
                None => Poll::Pending,
            },
        }
    }
}

//! Keeps static segments literal: actix decodes a path before it looks for a route, all but `%2F`,
//! `%25` and `%2B`, and parameters once more after. So here nothing of ASCII is decoded before.

use super::Middleware;
use actix_router::Quoter;
use actix_web::{HttpResponse, dev::ServiceRequest};
use std::{array, ops::ControlFlow, sync::LazyLock};

/// Takes the decoding from actix.
#[derive(Clone)]
pub(super) struct LiteralPath;

impl Middleware for LiteralPath {
    type Kept = ();

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse> {
        static LITERAL: LazyLock<Quoter> =
            LazyLock::new(|| Quoter::new(b"", &array::from_fn::<u8, 128, _>(|byte| byte as u8)));
        if request.uri().path().contains('%') {
            let uri = request.uri().clone();
            request.match_info_mut().get_mut().update_with_quoter(&uri, &LITERAL);
        }
        ControlFlow::Continue(())
    }

    fn after((): (), response: HttpResponse) -> HttpResponse {
        response
    }
}

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

struct Filter;

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(user) = self.get_http_request_header("x-user-id") {
            self.set_http_request_header("x-user-copy", Some(&user));
        }
        Action::Continue
    }
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| Box::new(Filter));
}}

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

struct Filter;

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let lane = match self.get_http_request_header("x-lane") {
            Some(lane) => lane,
            None => {
                let user = self.get_http_request_header("x-user-id").unwrap_or_else(|| "anonymous".into());
                let hash = user.bytes().fold(5381u32, |hash, byte| hash.wrapping_mul(33).wrapping_add(byte.into()));
                self.set_http_request_header("x-bucket", Some(&(hash % 100).to_string()));
                if hash % 100 < 10 { "canary".into() } else { "stable".into() }
            }
        };
        self.set_http_request_header("x-lane", Some(&lane));
        Action::Continue
    }
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| Box::new(Filter));
}}

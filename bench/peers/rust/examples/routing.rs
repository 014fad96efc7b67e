use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

struct Filter;

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        let path = self.get_http_request_header(":path").unwrap_or_default();
        let agent = self.get_http_request_header("user-agent").unwrap_or_else(|| "unknown".into());
        let mut sort = "none";
        if let Some((_, query)) = path.split_once('?') {
            for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                if name == "sort" {
                    sort = value;
                }
            }
        }
        self.add_http_request_header("x-sort", sort);
        let described = format!("{}/{}", agent.to_ascii_lowercase(), path.len());
        self.set_http_request_header("x-agent", Some(&described));
        if path.starts_with("/catalogue/") {
            self.add_http_request_header("x-catalogue", "1");
        }
        Action::Continue
    }
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| Box::new(Filter));
}}

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    id: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    quantity: f64,
    price: f64,
}

struct Filter;

impl Context for Filter {}

impl HttpContext for Filter {
    // Headers wait for the body, so that they can still be written.
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        if end_of_stream { Action::Continue } else { Action::Pause }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !end_of_stream {
            return Action::Pause;
        }
        let order = self
            .get_http_request_body(0, size)
            .and_then(|body| serde_json::from_slice::<Order>(&body).ok());
        if let Some(order) = order {
            let total: f64 = order.items.iter().map(|item| item.quantity * item.price).sum();
            self.set_http_request_header("x-order", Some(&order.id));
            self.set_http_request_header("x-total", Some(&format!("{:.2}", total)));
        }
        Action::Continue
    }
}

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| Box::new(Filter));
}}

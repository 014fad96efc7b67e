-- Reads a JSON body and puts what it finds into headers.
function envoy_on_request(handle)
  local order = json.decode(handle:body():getBytes(0, handle:body():length()))
  local total = 0
  for _, item in ipairs(order.items) do
    total = total + item.quantity * item.price
  end
  local headers = handle:headers()
  headers:replace("x-order", order.id)
  headers:replace("x-total", string.format("%.2f", total))
end

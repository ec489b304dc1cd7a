"""The strangler facade: routes of the graph in, configurations for Envoy and nginx out, and the canary that changes them."""

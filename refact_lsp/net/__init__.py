"""The one place that opens connections: HTTP, streams of events, deadlines and budgets.

`client.HttpClient` carries out a `call.Call` within `limits.Limits`; what fails is an
`errors.RequestError`. `retry` and `breaker` say what to do then. `transport`, `connecting` and
`library_errors` alone know the HTTP library, and are imported in a thread when first needed.

May import only the ground floor (`text`, `errors`, `messages`).
"""

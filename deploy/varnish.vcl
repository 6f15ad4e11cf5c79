vcl 4.1;

# Varnish in front of parley: it keeps what nobody's token was needed for, and asks parley whether it still holds before
# each use but those within a tenth of a second. parley answers that with 304 and runs no query.
#
#     parley --addr 127.0.0.1:8080 --trust-proxy 127.0.0.1
#     varnishd -a :80 -f /etc/varnish/parley.vcl

backend parley {
  .host = "127.0.0.1";
  .port = "8080";
}

# Who may purge: PURGE with the header Surrogate-Key, an id, a type, or "content".
acl purgers {
  "127.0.0.1";
  "::1";
}

sub vcl_recv {
  if (req.http.Upgrade ~ "(?i)websocket") {
    return (pipe);
  }
  if (req.method == "PURGE") {
    if (client.ip !~ purgers || req.http.Surrogate-Key !~ "^[0-9a-z_]+$") {
      return (synth(403));
    }
    ban("obj.http.Surrogate-Key ~ (^| )" + req.http.Surrogate-Key + "( |$)");
    return (synth(200, "Purged"));
  }
  if (req.method != "GET" && req.method != "HEAD") {
    return (pass);
  }
  if (req.http.Authorization || req.http.X-Parley-Cost || req.http.Accept ~ "text/event-stream") {
    return (pass);
  }
  unset req.http.Cookie;
  return (hash);
}

sub vcl_pipe {
  if (req.http.Upgrade) {
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
  }
}

sub vcl_backend_response {
  if (beresp.http.Content-Type ~ "text/event-stream") {
    set beresp.do_stream = true;
  }
  if (beresp.http.Cache-Control ~ "no-store|private" || !beresp.http.ETag) {
    set beresp.uncacheable = true;
    set beresp.ttl = 1s;
    return (deliver);
  }
  # Longer where parley says so by --max-age, the default of Varnish for what has a max-age; else as good as never.
  if (beresp.http.Cache-Control !~ "max-age") {
    set beresp.ttl = 0.1s;
  }
  set beresp.grace = 0s;
  set beresp.keep = 1h;
  return (deliver);
}

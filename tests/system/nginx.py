"""nginx in front of a server: TLS outside, plain HTTP inside."""

import contextlib
import subprocess

from conftest import needs
from machine import Process, clean_environment, free_port, wait_until

CONFIG = """daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;
events {{}}
http {{
  access_log off; client_max_body_size 0;
  client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
  uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {tls}/server.pem; ssl_certificate_key {tls}/server.key;
    {server}
    location / {{ proxy_pass http://{target}; proxy_set_header Host $http_host; {location} }}
  }}
}}
"""


@contextlib.contextmanager
def tls_proxy(directory, authority, target, server="", location=""):
    """Gives the proxy's address; `server` and `location` are more lines for those blocks of its configuration."""
    needs("nginx", "openssl")
    directory.mkdir()
    port = free_port()
    (directory / "conf").write_text(CONFIG.format(directory=directory, port=port, tls=authority, target=target,
                                                  server=server, location=location))
    process = Process(["nginx", "-c", directory / "conf", "-p", directory], directory / "log",
                      env=clean_environment(directory))
    try:
        def answers():
            assert process.is_running(), process.log_text()
            return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False).returncode == 0

        wait_until(answers, 20, "nginx answers")
        yield f"127.0.0.1:{port}"
    finally:
        process.stop()

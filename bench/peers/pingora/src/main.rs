//! The least a proxy with Pingora can be: one thread, round robin over the replicas, X-Forwarded-For.
//!
//! usage: pingora HTTP_PORT HTTPS_PORT CERT KEY HOST:PORT...

use async_trait::async_trait;
use pingora::lb::selection::RoundRobin;
use pingora::prelude::*;
use pingora::server::configuration::ServerConf;

struct Peer {
    replicas: LoadBalancer<RoundRobin>,
}

#[async_trait]
impl ProxyHttp for Peer {
    type CTX = ();

    fn new_ctx(&self) {}

    async fn upstream_peer(&self, _session: &mut Session, _ctx: &mut ()) -> Result<Box<HttpPeer>> {
        let replica = self.replicas.select(b"", 256).expect("a replica");
        Ok(Box::new(HttpPeer::new(replica, false, String::new())))
    }

    async fn upstream_request_filter(
        &self,
        session: &mut Session,
        request: &mut RequestHeader,
        _ctx: &mut (),
    ) -> Result<()> {
        if let Some(caller) = session.client_addr().and_then(|address| address.as_inet()) {
            request.insert_header("x-forwarded-for", caller.ip().to_string())?;
        }
        Ok(())
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args.get(1).is_some_and(|first| first == "--version") {
        // told by bench/peers/build: a crate does not know the versions of those it is made of
        println!("{}", option_env!("PINGORA_VERSION").unwrap_or("unknown"));
        return;
    }
    let mut conf = ServerConf::default();
    conf.threads = 1;
    conf.work_stealing = false;
    conf.upstream_keepalive_pool_size = 1024;
    let mut server = Server::new_with_opt_and_conf(None, conf);
    server.bootstrap();
    let replicas = LoadBalancer::try_from_iter(args[5..].iter().map(String::as_str)).expect("HOST:PORT...");
    let mut proxy = http_proxy_service(&server.configuration, Peer { replicas });
    proxy.add_tcp(&format!("127.0.0.1:{}", args[1]));
    let mut tls = pingora::listeners::tls::TlsSettings::intermediate(&args[3], &args[4]).expect("CERT KEY");
    tls.enable_h2();
    proxy.add_tls_with_settings(&format!("127.0.0.1:{}", args[2]), None, tls);
    server.add_service(proxy);
    server.run_forever();
}

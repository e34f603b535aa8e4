// Command reverse-proxy is Caddy with nothing but what a reverse proxy needs.
// Its configuration is the JSON in PACELINE_PROXY_CONFIG.
package main

import (
	"fmt"
	"os"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/logging"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
)

func main() {
	caddy.TrapSignals()
	if err := caddy.Load([]byte(os.Getenv("PACELINE_PROXY_CONFIG")), true); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

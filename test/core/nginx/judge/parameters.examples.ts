/** Examples of parameters: those that nginx 1.22.1 accepts, and those that it refuses. The test asks the real one about each. */
import type { Where } from './parameters-oracle';

export interface Examples {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

export const EXAMPLES: readonly (readonly [Where, Examples])[] = [
  [
    'server',
    {
      accepted: [
        ...['80', '8080 default_server', '*:80', '127.0.0.1:8081', '[::]:8080 ipv6only=on', '[::1]:82', 'unix:/tmp/l.sock'],
        ...['127.0.0.1', '8000-8002', '127.0.0.1:8000-8001', 'localhost:8083', '1 default', '[::1]'],
        ...['8443 http2', '80 proxy_protocol', '80 bind', '80 backlog=511', '80 rcvbuf=64k sndbuf=1m', '80 reuseport'],
        ...['80 deferred', '80 fastopen=256', '80 so_keepalive=on', '80 so_keepalive=30m::10', '80 so_keepalive=:1m'],
        ...['80 so_keepalive=off', '80 accept_filter=httpready', '"80"', '80 ipv6only=off', '0080', '80 default_server default_server'],
      ].map((each) => `listen ${each};`),
      refused: [
        ...['80 defualt_server', '80 portt=80', '0', '65536', '80808080', '127.0.0.1:99999', '127.0.0.1:http', '127.0.0.1:'],
        ...['80-70', '8000-99999', '8000-0', '[::1', '[::1]80', '[::g]:80', '[]:80', '[1:2:3]:80', 'unix:', 'http://80', '80/tcp'],
        ...['256.1.1.1:80', '1.2.3.4.5:80', '$port', '80 backlog=0', '80 backlog=-1', '80 backlog=many', '80 rcvbuf=64kb'],
        ...['80 sndbuf=', '80 ipv6only=yes', '80 ipv6only=ok', '80 so_keepalive=yes', '80 so_keepalive=::', '80 so_keepalive=0:0:0'],
        ...['80 so_keepalive=30x::10', '80 so_keepalive=30m::x', '80 fastopen=x', '80 udp', '80 SSL', '80 ssl,http2', '80 ""'],
        ...[':80', '*:', 'local host:80', '80 http/2', 'a,b:80', '[::1]:0', '80 default-server', '80 bind=on', '""'],
        ...['80 quic', '80 multipath', 'ssl', '80b', '8o80', '127.0..0.1:80', '1270.0.1:80', '300.1.1.:80', '.a:80', `unix:/${'x'.repeat(110)}`],
      ].map((each) => `listen ${each};`),
    },
  ],
  [
    'server',
    {
      accepted: [
        ...['example.com', '.example.com', '*.example.com', 'www.example.*', '_', '""', '~^www\\d+\\.example\\.com$', '$hostname'],
        ...['"~^(?<user>.+)\\.example\\.com$"', 'a b c', '~.', 'www.*.example.com'].filter((each) => !each.startsWith('www.*')),
      ].map((each) => `server_name ${each};`),
      refused: ['*', '*x.example.com', '.', '~', '~^(www', '*.', '~^*.example.com', '"~^a{3,1}$"'].map((each) => `server_name ${each};`),
    },
  ],
  [
    'server',
    {
      accepted: [
        ...['/', '= /', '=/', '^~ /a', '^~/a', '~ \\.php$', '~\\.php$', '~* \\.(jpg|png)$', '~*\\.gif$', '@named', 'a', '"/a b"'],
        ...['~ "^/[0-9]{3}$"', '~ ^/(?<a>\\w+)/(?P<b>.*)$', '~ (?i)^/a', '~ [^/]+\\.php(/|$)', '~ [\\]a]', '~ []a]', '~ a|b|', '~ ()'],
        ...['~ ^/(?!admin)', '~ \\Qa(\\E', '~ "x{,}y"', '= @a', '~ "^/a++$"', '~ (a)\\1', '~ [a-z-9]', '~ [[:alpha:]]', '""'],
      ].map((each) => `location ${each} {}`),
      refused: [
        ...['! /', '=~ /', '== /', '* /', '~~ /', '/a /b', '~ (', '~ )', '~ [a', '~ *.php', '~ ^/a**', '~ "a\\\\"', '~ [z-a]', '~* +x'],
        ...['~ (?<1a>x)', '~ (?<a>x)(?<a>y)', '~ "x{2,1}"', '~ (a', '~ [[:letter:]]', '~ (?a-b', '~ \\.(jpg|png', '~ ^/(a))$', '~ \\1'],
        ...['~* .*\\.(js|css', '~ ?a', '~ a|*', '~ (?', '~ ^*', '~ [:digit:]', '~ (*)', '~ \\u0041', '~ (?<a-b>x)', '~(a', '~*[a'],
      ]
        .filter((each) => each !== '~ (?a-b')
        .map((each) => `location ${each} {}`),
    },
  ],
  [
    'location',
    {
      accepted: ['location /l/a {}', 'location = /l/a {}', 'location ~ x {}', 'location ^~ /l/ {}', 'location ~* ^/other {}'],
      refused: ['location /a {}', 'location = /l {}', 'location @n {}', 'location ^~ /x {}', 'location / {}'],
    },
  ],
  ['in ~', { accepted: ['location ~ x {}'], refused: ['location /a {}', 'location = /a {}', 'location @a {}'] }],
  ['in =', { accepted: [], refused: ['location /l {}', 'location ~ x {}', 'location = /l/a {}'] }],
  ['in @', { accepted: ['root /r;'], refused: ['location /l {}', 'location ~ x {}', 'alias /r/;'] }],
  [
    'location',
    {
      accepted: [
        ...['http://127.0.0.1', 'http://127.0.0.1:8080/', 'https://127.0.0.1/a/b?c', 'HTTP://127.0.0.1', 'http://unix:/tmp/a.sock'],
        ...['http://unix:/tmp/a.sock:/uri/', 'http://$host', '$scheme://$host$uri', '$upstream', 'http://[::1]:80/', 'http://localhost'],
        ...['"http://127.0.0.1"', 'http://${host}/x', 'http://127.0.0.1?a', 'http://localhost:8000'],
      ]
        .map((each) => each.replace('$upstream', '$host'))
        .map((each) => `proxy_pass ${each};`),
      refused: [
        ...['127.0.0.1:8080', 'localhost', 'http:/127.0.0.1', 'http:127.0.0.1', 'ftp://127.0.0.1', 'http://', 'https:///a', 'backend'],
        ...['http//127.0.0.1', 'htp://127.0.0.1', 'http://127.0.0.1:', 'http://127.0.0.1:0', 'http://127.0.0.1:99999', 'unix:/tmp/a'],
        ...['http://[::1', 'http://[x]', 'http://unix:', 'http://:80', 'http://127.0.0.1:8080:9090', 'http://127.0.0.1:80a', 'http://$', '""'],
        ...['http://a:${', 'http://${host', 'http://$-', '://127.0.0.1', 'http://127.0.0.1:/'],
      ].map((each) => `proxy_pass ${each};`),
    },
  ],
  ...(['in ~', 'in @', 'in if', 'in limit_except'] as const).map(
    (where) =>
      [
        where,
        {
          accepted: ['proxy_pass http://127.0.0.1;', 'proxy_pass http://127.0.0.1$uri;', 'proxy_pass http://unix:/tmp/a.sock;'],
          refused: ['proxy_pass http://127.0.0.1/;', 'proxy_pass http://127.0.0.1:80/a;', 'proxy_pass http://unix:/tmp/a.sock:/;', 'proxy_pass http://127.0.0.1?a;'],
        },
      ] as const,
  ),
  [
    'location',
    {
      accepted: [
        ...['fastcgi_pass 127.0.0.1:9000', 'fastcgi_pass unix:/run/php.sock', 'fastcgi_pass $host', 'fastcgi_pass [::1]:9000', 'fastcgi_pass localhost:9000'],
        ...['grpc_pass 127.0.0.1:1', 'grpc_pass grpc://127.0.0.1:1', 'grpc_pass grpcs://127.0.0.1:1', 'uwsgi_pass uwsgi://127.0.0.1:1'],
        ...['uwsgi_pass suwsgi://127.0.0.1:1', 'uwsgi_pass unix:/run/u.sock', 'scgi_pass 127.0.0.1:1', 'set $memcached_key a; memcached_pass 127.0.0.1:1'],
        ...['fastcgi_pass "unix:/run/p h p.sock"', 'grpc_pass unix:/run/g.sock', 'fastcgi_pass unix:/run/php:8.sock'],
      ].map((each) => `${each};`),
      refused: [
        ...['fastcgi_pass http://127.0.0.1:9000', 'fastcgi_pass /run/php.sock', 'fastcgi_pass 127.0.0.1:9000/', 'fastcgi_pass unix:', 'fastcgi_pass 127.0.0.1:'],
        ...['fastcgi_pass 127.0.0.1:99999', 'grpc_pass http://127.0.0.1:1', 'uwsgi_pass http://127.0.0.1:1', 'scgi_pass scgi://127.0.0.1:1'],
        ...['memcached_pass memcached://127.0.0.1:1', 'grpc_pass grpc://127.0.0.1:1/a', 'fastcgi_pass :9000', 'fastcgi_pass ""', 'fastcgi_pass [::1'],
        ...['fastcgi_pass 127.0.0.1:port', 'fastcgi_pass 127.0.0.1:9000:1', 'fastcgi_pass $', 'uwsgi_pass 127.0.0.1:1?x'],
      ].map((each) => `${each};`),
    },
  ],
  [
    'location',
    {
      accepted: [
        ...['proxy_redirect off', 'proxy_redirect http://a/ /', 'proxy_redirect ~^(a) $1', 'proxy_redirect ~*^(a) $1', 'proxy_redirect $host /'],
        ...['proxy_cookie_domain off', 'proxy_cookie_domain a b', 'proxy_cookie_domain ~\\.(a)$ $1', 'proxy_cookie_path /a /b', 'proxy_cookie_path ~*^/a(.*) $1'],
        ...['proxy_cookie_flags off', 'proxy_cookie_flags a secure', 'proxy_cookie_flags ~ httponly samesite=strict', 'proxy_cookie_flags $arg_a secure'],
        ...['proxy_bind off', 'proxy_bind 127.0.0.1', 'proxy_bind 127.0.0.1:80', 'proxy_bind $remote_addr transparent', 'proxy_bind [::1]:80', 'proxy_bind ::1'],
        ...['fastcgi_param A b', 'fastcgi_param A $uri if_not_empty', 'proxy_store off', 'proxy_store on', 'proxy_store /a$uri', 'proxy_cache k', 'proxy_cache off'],
        ...['proxy_cache_key a$uri', 'proxy_cache_valid 1m', 'proxy_cache_valid 200 302 10m', 'proxy_cache_valid any 1h 30m'.replace('1h 30m', '1h30m')],
        ...['proxy_cache_valid "1h 30m"', 'proxy_cache_bypass $arg_a b', 'proxy_no_cache $arg_a', 'proxy_store_access user:rw group:rw all:r', 'proxy_set_header A $uri'],
        ...['fastcgi_split_path_info ^(.+\\.php)(/.+)$', 'proxy_temp_path t 1 2', 'client_body_temp_path b 1 2 3', 'limit_rate 10k', 'limit_rate $arg_a'],
      ].map((each) => `${each};`),
      refused: [
        ...['proxy_redirect on', 'proxy_redirect ~(a $1', 'proxy_redirect a $', 'proxy_cookie_domain on', 'proxy_cookie_domain ~*a b', 'proxy_cookie_path x', 'proxy_cookie_path ~( b'],
        ...['proxy_cookie_flags on', 'proxy_cookie_flags ~[ secure', 'proxy_cookie_flags a $', 'proxy_bind on', 'proxy_bind 127.0.0.1 transparnt', 'proxy_bind localhost', 'proxy_bind 127.0.0.1:0'],
        ...['fastcgi_param A b if_empty', 'proxy_store $', 'proxy_cache ${', 'proxy_cache_key $-', 'proxy_cache_valid 200', 'proxy_cache_valid 200 1x', 'proxy_cache_valid abc 1m'],
        ...['proxy_cache_valid 99 1m', 'proxy_cache_valid 600 1m', 'proxy_cache_valid 500ms', 'proxy_cache_bypass $', 'proxy_store_access user:x', 'proxy_store_access users:r', 'proxy_store_access 0644'],
        ...['fastcgi_split_path_info ^(.+)$', 'fastcgi_split_path_info ^(.+', 'fastcgi_split_path_info ^((.+))(.+)$', 'proxy_temp_path t 0', 'proxy_temp_path t a', 'client_body_temp_path b 5 6'],
        ...['limit_rate 10kb', 'limit_rate fast', 'limit_rate 10g', 'limit_rate $'],
      ]
        .filter((each) => each !== 'proxy_cache_valid 200')
        .map((each) => `${each};`),
    },
  ],
  ['http', { accepted: ['proxy_redirect off;'], refused: ['proxy_redirect default;'] }],
  [
    'location',
    {
      accepted: [
        ...['return 200', 'return 301 https://$host$uri', 'return 444', 'return http://a', 'return https://$host', 'return $scheme://a', 'return 200 ""', 'return 0'],
        ...['return 999', 'return 200 "a b"', 'return 301', 'rewrite ^ /a', 'rewrite ^/(.*)$ /$1 last', 'rewrite ^ /a? permanent', 'rewrite ^ $scheme://a redirect', 'rewrite a b break'],
        ...['rewrite "^/(\\d{2})$" /$1', 'rewrite ^ ?', 'set $a b', 'set $a ""', 'set $a $uri${host}', 'set ${a} b', 'break', 'error_page 404 /404.html', 'error_page 500 502 503 504 /50x.html'],
        ...['error_page 404 =200 /a', 'error_page 404 = /a', 'error_page 404 = @a', 'error_page 404 https://a$uri', 'error_page 497 https://a', 'try_files $uri $uri/ =404', 'try_files $uri /index.php?$args'],
        ...['try_files $uri @a', 'try_files a =999', 'try_files $uri $uri/ /index.html', 'index index.html index.php', 'index index.$arg_a /a', 'root /r', 'root $host', 'alias /r/', 'root "/a b"'],
      ].map((each) => `${each};`),
      refused: [
        ...['return 1000', 'return ok', 'return /a', 'return 30l /a', 'return $uri', 'return http://a b', 'return -1', 'return 200 $', 'return 200 ${a', 'return 200 "${a-b}"', 'return ftp://a', 'return HTTP://a'],
        ...['return ""', 'return 301;https://a', 'rewrite ^ ""', 'rewrite ^/( /a', 'rewrite ^ /a las', 'rewrite ^ /a 301', 'rewrite ^ /a permanant', 'rewrite *a b', 'rewrite ^ $', 'rewrite ^ /$- last', 'rewrite [a b'],
        ...['set a b', 'set $ b', 'set "" b', 'set $a $', 'set $a ${b', 'error_page 404', 'error_page 200 /a', 'error_page 600 /a', 'error_page 499 /a', 'error_page abc /a', 'error_page = /a', 'error_page 404 =a /a'],
        ...['error_page 404 200 /a', 'error_page 404 $', 'error_page 404, 405 /a', 'try_files $uri =40x', 'try_files $uri =1000', 'try_files $uri =', 'try_files $ =404', 'try_files $uri =-1', 'index ""', 'index $'],
        ...['root $document_root/a', 'root /a${document_root}', 'alias $realpath_root', 'root /a$'],
      ]
        .filter((each) => each !== 'error_page 404' && each !== 'return 301;https://a')
        .map((each) => `${each};`),
    },
  ],
  [
    'location',
    {
      accepted: [
        ...['($uri)', '($uri = a)', '($uri = "")', '( $uri = a )', '($uri != a)', '($uri ~ a)', '($uri ~* "a b")', '($uri !~ a)', '($uri !~* a|b)', '(-f $uri)', '(!-f $uri)', '(-d /a)', '(!-e $uri)', '(-x a)'],
        ...['($uri ~ "^(a)$")', '($uri = $host)', '($uri ~ (a))', '(-f $uri/a)', '($uri ~* \\.(jpg|png)$)', '($uri = "a b")'],
      ].map((each) => `if ${each} {}`),
      refused: [
        ...['$uri', '($uri == a)', '($uri = a b)', '($uri', '(uri = a)', '($uri && $host)', '($uri ~ "(a")', '($uri =~ a)', '($uri = a && $host = b)', '(-z $uri)', '(-f)', '(!$uri)', '()', '( )', '($uri eq a)', '($uri ~ *a)'],
        ...['("$uri" = a) b', '(-f $uri $host)', '($uri > 1)', '(a)', '(!-z $uri)', '($uri = $)', '($uri !)', '($uri ~)', '($uri ~ a b)', '$uri = a', '($)', '($uri =)', '(-f $)', '($uri !=~ a)', '($uri ~ [a)'],
      ].map((each) => `if ${each} {}`),
    },
  ],
  [
    'upstream',
    {
      accepted: [
        ...['127.0.0.1', '127.0.0.1:80', 'unix:/tmp/a', 'localhost:8080', '[::1]:80', '127.0.0.1 weight=5', '127.0.0.1 max_fails=0 fail_timeout=30s', '127.0.0.1 max_conns=0 backup', '127.0.0.1 down', '127.0.0.1 fail_timeout=0'],
        ...['127.0.0.1 weight=1 weight=2', '"127.0.0.1"', '1.2.3.4:65535', '127.0.0.1 "fail_timeout=1m 30s"', '127.1:80', '1.2.3', '8080'],
      ].map((each) => `server ${each};`),
      refused: [
        ...['127.0.0.1 weight=0', '127.0.0.1 weight=-1', '127.0.0.1 weight=high', '127.0.0.1 weight', '127.0.0.1 weigth=5', '127.0.0.1 max_fails=-1', '127.0.0.1 fail_timeout=10x', '127.0.0.1 backup=on', '127.0.0.1 dwon', '127.0.0.1 resolve'],
        ...['http://127.0.0.1', 'http://127.0.0.1:80/', '/tmp/a.sock', 'unix:', '127.0.0.1:99999', '127.0.0.1:0', '127.0.0.1/', '256.0.0.1', '127.0.0.1 slow_start=30s', '127.0.0.1 service=a', '127.0.0.1 max_conns=x', '[::1', '$host:80', 'a,b'],
        ...['127.0.0.1 weight=5,max_fails=1', '127.0.0.1 weight =5', '127.0.0.1 down backup2', '127.0.0.1:80:80', '127.0.0.1 max_fails=3s', ':80', '127.0.0.1 Weight=1', '127.0.0.1 fail_timeout=500ms', '127.0.0.1 drain'],
      ].map((each) => `server ${each};`),
    },
  ],
  [
    'upstream',
    {
      accepted: ['keepalive 16', 'hash $uri', 'hash $uri consistent', 'hash a', 'random', 'random two', 'random two least_conn', 'zone z 64k', 'zone z 32k', 'least_conn', 'ip_hash'].map((each) => `${each};`),
      refused: ['keepalive 0', 'keepalive x', 'keepalive -1', 'hash $uri consistant', 'hash $', 'random three', 'random two least_time', 'zone z 4k', 'zone z big', 'zone "" 64k', 'zone z 64kb'].map((each) => `${each};`),
    },
  ],
  [
    'map',
    {
      accepted: ['a b', 'default b', '~a b', '~*a b', '"" b', 'hostnames', 'volatile', 'a $uri', 'a "b c"', '\\~a b', '~^(?<x>a)$ $x', 'a ""', '*.a b', 'a..b c', '~ b'].map((each) => `${each};`),
      refused: ['a', 'a b c', '~( b', '~*[a b', 'a $', 'a ${b', '~*+ b', 'default', 'hostname', '~a{2,1} b'.replace('{2,1}', '\\l'), 'include'].map((each) => `${each};`),
    },
  ],
  [
    'map hostnames',
    {
      accepted: ['*.a.b c', '.a.b c', 'a.* c', 'a c', '~^*a c'.replace('^*', '^'), '\\*.a.b c', '* c'].filter((each) => each !== '* c').map((each) => `${each};`),
      refused: ['*.*.a c', 'a..b c', '*a c', 'a*b c', '*.a.* c', '* c', 'a.b* c'].map((each) => `${each};`),
    },
  ],
  [
    'http',
    {
      accepted: ['map $uri $v {}', 'map "$uri$host" $v {}', 'map a $v {}', 'geo $v {}', 'geo $uri $v {}', 'split_clients $uri $v {}', 'split_clients a $v { 50% a; 50% b; }', 'split_clients a $v { 33.3% a; * b; }', 'charset_map koi8-r utf-8 {}'],
      refused: ['map $uri v {}', 'map $ $v {}', 'map $uri $ {}', 'map ${uri $v {}', 'geo v {}', 'geo uri $v {}', 'split_clients $uri v {}', 'split_clients $uri $v { 60% a; 50% b; }', 'split_clients a $v { * a; 1% b; }', 'charset_map utf-8 UTF-8 {}'],
    },
  ],
  [
    'geo',
    {
      accepted: ['default 0', '127.0.0.0/8 1', '127.0.0.1 1', '::1 1', '2001:db8::/32 1', '127.0.0.1/8 1', 'delete 127.0.0.1', 'proxy 10.0.0.0/8', 'proxy_recursive', 'ranges', '255.255.255.255 1', '10.0.0.0/0 1', '::ffff:1.2.3.4 a', '::/0 a'].map((each) => `${each};`),
      refused: ['127.0.0.0/33 1', '127.0.0 1', '127.0.0.1', '127.0.0.1 a b', 'localhost 1', '127.0.0.1-127.0.0.2 1', '::1/129 1', 'proxy x', 'delete x', '10.0.0.0/ 1', 'volatile', '256.0.0.1 1', '1.1.1.1 a; ranges', 'gone'].map((each) => `${each};`),
    },
  ],
  [
    'geo ranges',
    {
      accepted: ['default 0', '127.0.0.0-127.0.0.255 1', '1.1.1.1-1.1.1.1 a', 'delete 1.1.1.1-1.1.1.2', 'proxy 10.0.0.0/8'].map((each) => `${each};`),
      refused: ['127.0.0.0/8 1', '127.0.0.1 1', '127.0.0.2-127.0.0.1 1', '::1-::2 1', '1.1.1.1- a', 'delete 1.1.1.1'].map((each) => `${each};`),
    },
  ],
  [
    'split_clients',
    {
      accepted: ['0.5% a', '50% a', '* b', '.5% a', '5.% a', '100% a', '"" x'].filter((each) => each !== '"" x').map((each) => `${each};`),
      refused: ['50 a', '0% a', '101% a', '0.555% a', 'x% a', '% a', '-5% a', '50%% a', '1,5% a', '0.00% a'].map((each) => `${each};`),
    },
  ],
  ['types', { accepted: ['text/html html htm;', 'text/plain;', 'a b c d;'], refused: ['include a b;', 'include;'] }],
  ['charset_map', { accepted: ['80 e3;', 'A F;', '0 0;'], refused: ['80 e3 a;', 'g0 1;', '100 1;', '80 1ff;', '80;'] }],
  ['charset_map utf-8', { accepted: ['80 D0AE;', '80 e2;'].slice(0, 1), refused: ['80 D0A;', '80 xy;'] }],
  [
    'http',
    {
      accepted: [
        ...['log_format a "$uri"', 'log_format a escape=json "$uri" b', 'log_format a escape=none a', 'log_format a escape=default ""', 'log_format a $remote_addr${uri}', "log_format a '$status $body_bytes_sent'"],
        ...['access_log off', 'access_log a.log', 'access_log a.log combined', 'access_log a.log f buffer=32k', 'access_log a.log f buffer=32k flush=5s', 'access_log a.log f gzip', 'access_log a.log f gzip=9 flush=1m', 'access_log a$host.log'],
        ...['access_log a.log f if=$uri', 'access_log syslog:server=127.0.0.1', 'access_log syslog:server=127.0.0.1:514,facility=local7,tag=nginx,severity=info f', 'access_log syslog:server=unix:/dev/log,nohostname', 'access_log syslog:server=[::1]:12345'],
        ...['error_log a.log', 'error_log a.log warn', 'error_log stderr debug', 'error_log memory:32m debug', 'error_log a.log debug_http debug_event', 'error_log syslog:server=127.0.0.1 error', 'error_log off'],
        ...['limit_req_zone $uri zone=a:10m rate=1r/s', 'limit_req_zone $uri rate=30r/m zone=a:32k', 'limit_req_zone $uri zone=a:1m rate=5', 'limit_conn_zone $uri zone=a:1m', 'limit_req_zone "" zone=a:1m rate=1r/s'],
        ...['proxy_cache_path c1 keys_zone=a:10m', 'proxy_cache_path c1 levels=1:2 keys_zone=a:10m max_size=10g inactive=60m use_temp_path=off', 'proxy_cache_path c1 keys_zone=a:32k min_free=1g loader_files=1 loader_sleep=1ms loader_threshold=1s manager_files=2'],
        ...['proxy_cache_path c1 keys_zone=a:1m levels=2:2:2', 'open_file_cache off', 'open_file_cache max=10', 'open_file_cache max=1000 inactive=20s', 'open_log_file_cache max=10 inactive=20s valid=1m min_uses=2', 'open_log_file_cache off'],
        ...['ssl_session_cache shared:SSL:10m', 'ssl_session_cache builtin:1000 shared:SSL:10m', 'ssl_session_cache off', 'ssl_session_cache none', 'ssl_session_cache builtin', 'ssl_ocsp_cache off', 'ssl_ocsp_cache shared:o:1m'],
        ...['resolver 127.0.0.53', 'resolver 127.0.0.1 [::1]:5353 valid=30s ipv6=off', 'resolver localhost', 'resolver 127.0.0.1:53', 'keepalive_timeout 65', 'keepalive_timeout 65s 60', 'keepalive_timeout 0', 'keepalive_timeout 500ms', 'keepalive_timeout "1m 30s"'],
        ...['expires 30d', 'expires -1', 'expires epoch', 'expires max', 'expires off', 'expires @15h30m', 'expires modified +24h', 'expires $uri', 'expires +1h', 'expires modified -1', 'expires "@1h 30m"', 'expires modified 10'],
        ...['add_header A b', 'add_header A b always', 'add_header A ""', 'add_header A "a b" always', 'add_trailer A $uri', 'add_header A $host$uri', 'allow all', 'deny all', 'allow 127.0.0.1', 'allow 10.0.0.0/8', 'deny ::1', 'deny ::ffff:1.2.3.4', 'allow unix:'],
        ...['allow 2001:db8::/32', 'deny 10.0.0.1/8', 'set_real_ip_from 10.0.0.0/8', 'set_real_ip_from unix:', 'set_real_ip_from localhost', 'set_real_ip_from ::1', 'aio off', 'aio threads', 'aio threads=default', 'directio 4m', 'directio off'],
        ...['disable_symlinks on', 'disable_symlinks off', 'disable_symlinks if_not_owner from=$document_root', 'gzip_disable msie6', 'gzip_disable "MSIE [1-6]\\."', 'userid_expires max', 'userid_expires 1d', 'userid_mark a', 'userid_mark off', 'userid_mark ='],
        ...['modern_browser msie 5.5', 'modern_browser unlisted', 'ancient_browser a netscape4', 'sub_filter a b', 'sub_filter $uri ""', 'gzip_types *', 'auth_basic "a"', 'auth_basic $uri', 'proxy_ssl_name $host', 'proxy_method $arg_a', 'charset utf-8'],
        ...['upstream a { server 127.0.0.1; }', 'auth_basic_user_file a', 'limit_rate_after 1m'],
      ].map((each) => (each.endsWith('1; }') ? each : `${each};`)),
      refused: [
        ...['log_format a escape=xml "$uri"', 'log_format a "$"', 'log_format a "${uri"', 'log_format a "a $- b"', 'log_format a escape=json "${}"', 'access_log off a', 'access_log a.log f buffer=0', 'access_log a.log f buffer=32kb', 'access_log a.log f flush=5'],
        ...['access_log a.log f flush=0 buffer=1k', 'access_log a.log f gzip=0', 'access_log a.log f gzip=10', 'access_log a.log f bufer=32k', 'access_log a$host.log f buffer=1k', 'access_log syslog:server=127.0.0.1 f buffer=1k', 'access_log a.log f if=$'],
        ...['access_log a.log f flush=1s', 'access_log syslog:', 'access_log syslog:tag=a', 'access_log syslog:server=127.0.0.1,facility=x', 'access_log syslog:server=127.0.0.1,severity=warning', 'access_log syslog:server=127.0.0.1,tag=a-b', 'access_log syslog:127.0.0.1'],
        ...['access_log syslog:server=127.0.0.1,', 'access_log syslog:server=127.0.0.1,server=127.0.0.1', 'access_log syslog:server=http://127.0.0.1', 'access_log $', 'error_log a.log warning', 'error_log a.log warn error', 'error_log a.log Warn', 'error_log memory:x'],
        ...['error_log a.log debug debug_http', 'error_log syslog:', 'error_log a.log debug_x', 'error_log a.log debug_http info', 'limit_req_zone $uri zone=a rate=1r/s', 'limit_req_zone $uri zone=a:1k rate=1r/s', 'limit_req_zone $uri zone=a:1m rate=1r/h'],
        ...['limit_req_zone $uri zone=a:1m rate=0r/s', 'limit_req_zone $uri zone=a:1m rate=r/s', 'limit_req_zone $uri zone=a:1m rate=1/s', 'limit_req_zone $uri zone=a:1m burst=1', 'limit_req_zone $uri zone=:1m rate=1r/s', 'limit_req_zone $ zone=a:1m rate=1r/s'],
        ...['limit_req_zone $uri zone=a:10mb rate=1r/s', 'limit_req_zone $uri rate=1r/s rate=2r/s', 'limit_req_zone $uri zone=a:1m rate=10 r/s'.replace('10 r/s', '1.5r/s'), 'limit_conn_zone $uri a', 'limit_conn_zone $uri zone=a', 'limit_conn_zone $uri zone=a:1', 'limit_conn_zone $uri size=1m'],
        ...['proxy_cache_path c1 levels=1:2', 'proxy_cache_path c1 keys_zone=a', 'proxy_cache_path c1 keys_zone=a:1k', 'proxy_cache_path c1 keys_zone=:1m', 'proxy_cache_path c1 keys_zone=a:1m levels=3', 'proxy_cache_path c1 keys_zone=a:1m levels=1:2:', 'proxy_cache_path c1 keys_zone=a:1m levels=1:2:1:2'],
        ...['proxy_cache_path c1 keys_zone=a:1m inactive=x', 'proxy_cache_path c1 keys_zone=a:1m max_size=10gb', 'proxy_cache_path c1 keys_zone=a:1m use_temp_path=no', 'proxy_cache_path c1 key_zone=a:1m', 'proxy_cache_path c1 keys_zone=a:1m max_size=', 'proxy_cache_path c1 keys_zone=a:1m loader_files=x'],
        ...['proxy_cache_path c1 keys_zone=a:1m purger=on', 'proxy_cache_path c1 keys_zone=a:1m manager_sleep=1M', 'open_file_cache on', 'open_file_cache max=0', 'open_file_cache inactive=1m', 'open_file_cache max=1 min_uses=2', 'open_file_cache max=1 inactive=x', 'open_log_file_cache max=0', 'open_log_file_cache maximum=1'],
        ...['ssl_session_cache on', 'ssl_session_cache shared:SSL', 'ssl_session_cache shared:SSL:1k', 'ssl_session_cache shared::1m', 'ssl_session_cache builtin:x', 'ssl_session_cache shared:SSL:10mb', 'ssl_session_cache share:SSL:10m', 'ssl_session_cache shared:', 'ssl_ocsp_cache on', 'ssl_ocsp_cache shared:o'],
        ...['resolver 127.0.0.1 valid=x', 'resolver 127.0.0.1 ipv6=no', 'resolver valid=30s', 'resolver 127.0.0.1:99999', 'resolver http://127.0.0.1', 'resolver 127.0.0.1 ipv4=off', 'resolver 127.0.0.1 timeout=5s', 'resolver 256.0.0.1', 'resolver 127.0.0.1, 127.0.0.2', 'resolver 127.0.0.1 status_zone=a'],
        ...['keepalive_timeout 65x', 'keepalive_timeout -1', 'keepalive_timeout on', 'keepalive_timeout 65 60ms', 'keepalive_timeout 1.5', 'keepalive_timeout 1s1m', 'keepalive_timeout 1M', 'keepalive_timeout ""', 'keepalive_timeout s'],
        ...['expires 30', 'expires never', 'expires 30 d', 'expires modified', 'expires modified max', 'expires modified @1h', 'expires @25h', 'expires 1x', 'expires $', 'expires ""', 'expires --1', 'expires 30days'].filter((each) => each !== 'expires 30'),
        ...['add_header A b alwais', 'add_header A b Always', 'add_header A $', 'add_header A b c', 'add_trailer A b c', 'allow any', 'allow localhost', 'deny 10.0.0.0/33', 'allow 10.0.0', 'deny $remote_addr', 'allow 10.0.0.*', 'deny ""', 'allow ::1/129', 'allow ALL', 'deny 10.0.0.1-10.0.0.2'],
        ...['set_real_ip_from 10.0.0.0/33', 'set_real_ip_from $remote_addr', 'set_real_ip_from 300.1.1.1', 'aio yes', 'aio thread', 'aio threads=$', 'directio on', 'directio 4mb', 'disable_symlinks yes', 'disable_symlinks from=/a', 'disable_symlinks off from=/a', 'disable_symlinks on off'],
        ...['gzip_disable "MSIE ["', 'gzip_disable *', 'userid_expires never', 'userid_mark ab', 'userid_mark -', 'modern_browser chrome 1', 'modern_browser listed', 'modern_browser msie 5.x', 'sub_filter "" b', 'sub_filter a $', 'auth_basic $', 'proxy_ssl_name ${', 'limit_rate 1x'],
      ].map((each) => `${each};`),
    },
  ],
  [
    'location',
    {
      accepted: ['limit_req zone=r', 'limit_req zone=r burst=5 nodelay', 'limit_req zone=r burst=5 delay=2', 'limit_conn c 10', 'limit_conn c 65535', 'valid_referers none blocked server_names *.a.com a.* ~b', 'valid_referers a.com/x', 'limit_except GET post { deny all; }', 'mirror off', 'auth_request /a', 'auth_request_set $a $uri'].map((each) => (each.endsWith('}') ? each : `${each};`)),
      refused: ['limit_req r', 'limit_req zone=r burst=0', 'limit_req zone=r burst=x', 'limit_req zone=r delay=0', 'limit_req zone=r nodelai', 'limit_req burst=5', 'limit_req zone=r rate=1', 'limit_conn c 0', 'limit_conn c x', 'limit_conn c 65536', 'limit_conn c -1', 'valid_referers ""', 'valid_referers ~', 'valid_referers ~(', 'valid_referers a*b', 'limit_except GETT { deny all; }', 'auth_request_set a $uri', 'auth_request_set $a $'].map((each) => (each.endsWith('}') ? each : `${each};`)),
    },
  ],
  [
    'main',
    {
      accepted: ['worker_processes auto', 'worker_processes 4', 'worker_cpu_affinity auto', 'worker_cpu_affinity auto 01', 'worker_cpu_affinity 0101 1010', 'worker_priority -10', 'worker_priority +5', 'thread_pool a threads=4 max_queue=10', 'error_log a.log info', 'env A=b', 'env A', 'thread_pool a threads=4 x'].map((each) => `${each};`),
      refused: ['worker_processes Auto', 'worker_processes -1', 'worker_processes four', 'worker_cpu_affinity 0121', 'worker_cpu_affinity auto 01 10', 'worker_priority high', 'worker_priority --1', 'thread_pool a threads=0', 'thread_pool a max_queue=1', 'thread_pool a threads=x', 'error_log a.log infos', 'worker_processes 1.5'].map((each) => `${each};`),
    },
  ],
  [
    'events',
    {
      accepted: ['use epoll', 'worker_connections 1024', 'debug_connection 127.0.0.1', 'debug_connection 10.0.0.0/8', 'debug_connection unix:', 'debug_connection localhost'].map((each) => `${each};`),
      refused: ['use epol', 'use Epoll', 'worker_connections auto', 'worker_connections 1k', 'worker_connections -1', 'debug_connection 10.0.0.0/33'].map((each) => `${each};`),
    },
  ],
  [
    'stream listen',
    {
      accepted: ['12345', '127.0.0.1:12345 udp', '12345 udp reuseport', '12345 so_keepalive=on backlog=5', '12345 proxy_protocol', '[::1]:12345', 'unix:/tmp/s', '12345 bind', '12000-12003'].map((each) => `listen ${each};`),
      refused: ['12345 default_server', '12345 http2', '12345 udp ssl', '12345 udp backlog=5', '12345 udp proxy_protocol', '12345 udp so_keepalive=off', '12345 udp fastopen=1', '12345 upd', '99999', '12345 deferred', '12345 quic', '12345 setfib=1'].map((each) => `listen ${each};`),
    },
  ],
  [
    'stream pass',
    {
      accepted: ['proxy_pass 127.0.0.1:1', 'proxy_pass unix:/tmp/a', 'proxy_pass $remote_addr:1', 'return a$remote_addr', 'proxy_pass [::1]:1'].map((each) => `${each};`),
      refused: ['proxy_pass http://127.0.0.1:1', 'proxy_pass 127.0.0.1:99999', 'proxy_pass 127.0.0.1:1/', 'proxy_pass $', 'return $', 'proxy_pass unix:', 'proxy_pass ""'].map((each) => `${each};`),
    },
  ],
  [
    'stream server',
    {
      accepted: ['access_log off', 'allow 127.0.0.1', 'deny all', 'set $a b', 'proxy_bind 127.0.0.1', 'proxy_upload_rate 10k', 'ssl_session_cache shared:a:1m', 'error_log a.log warn', 'resolver 127.0.0.1', 'set_real_ip_from 10.0.0.0/8'].map((each) => `${each};`),
      refused: ['access_log a.log', 'access_log off b', 'allow x', 'set a b', 'proxy_bind x', 'proxy_upload_rate x', 'ssl_session_cache shared:a', 'error_log a.log warnn', 'resolver valid=1s', 'set $a $'].map((each) => `${each};`),
    },
  ],
  ['stream upstream', { accepted: ['server 127.0.0.1:1 weight=2 backup;', 'server unix:/tmp/a down;', 'hash $remote_addr consistent;', 'zone z 64k;', 'random two;'], refused: ['server 127.0.0.1;', 'server 127.0.0.1:1 resolve;', 'server 127.0.0.1:1 weight=x;', 'server 127.0.0.1:1 slow_start=1s;', 'server http://127.0.0.1:1;', 'hash $;', 'zone z 1k;', 'random one;'] }],
  ['stream map', { accepted: ['a b;', '~a $remote_addr;', 'volatile;'], refused: ['a;', '~( b;', 'a $;'] }],
  ['stream geo', { accepted: ['default a;', '127.0.0.0/8 a;', 'ranges;'], refused: ['x a;', 'proxy 127.0.0.1;', 'proxy_recursive;', '1.1.1.1;'] }],
  ['stream', { accepted: ["log_format a '$remote_addr';", 'limit_conn_zone $remote_addr zone=a:1m;', 'map $remote_addr $v {}', 'geo $v {}', 'split_clients a $v { 50% a; }'], refused: ["log_format a '$';", 'limit_conn_zone $remote_addr zone=a;', 'map $remote_addr v {}', 'geo v {}', 'split_clients a $v { 50 a; }', 'split_clients a $v { 60% a; 60% b; }'] }],
];

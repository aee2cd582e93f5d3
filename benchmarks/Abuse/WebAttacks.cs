using System.Text;

namespace OrleansChat.Bench.Abuse;

/// <summary>
/// The attacks over HTTP. Many come from 50 addresses with two connections each, with the tokens of four accounts. Each writes ahead: the
/// requests of a connection are answered one after the other.
/// </summary>
internal static class WebAttacks
{
    private const int Addresses = 50, ConnectionsOfAddress = 2;

    /// <summary>How many requests are written at once.</summary>
    private const int Requests = 16;

    /// <summary>The greatest length of a body.</summary>
    private const int MaxBody = 384 << 10;

    private static readonly TimeSpan Slowly = TimeSpan.FromSeconds(1);

    private static readonly string Deep = $"{{\"to\":{new string('[', 4_000)}";

    private static readonly string Huge = $"{{\"ignored\":\"{new string('x', MaxBody - 64)}\",\"to\":\"@nobody\"}}";

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("web-silent", "HTTP: 10,000 connections that say nothing, 20 addresses",
            a => a.Start(20, 500, socket => a.StayAsync(socket, []), Door.Web)),
        new("web-idle", "HTTP: 10,000 connections that asked once, 20 addresses",
            a => a.Start(20, 500, socket => a.StayAsync(socket, Encoding.ASCII.GetBytes(Get("/v1/server"))), Door.Web)),
        new("web-slow-headers", "HTTP: 500 connections, a byte of a header per second",
            a => a.Start(1, 500, socket => SlowAsync(a, socket, "GET /v1/server HTTP/1.1\r\nHost: localhost\r\nX-Slow: "), Door.Web)),
        new("web-slow-bodies", "HTTP: 500 connections, a byte of a body per second",
            a => a.Start(1, 500, socket => SlowAsync(a, socket, Head("POST", "/v1/messages", a.Order.Tokens[0], MaxBody)), Door.Web)),
        OfMany("web-huge", "bodies of 384 KiB", a => Send("POST", "/v1/messages", AnyToken(a), Huge), atOnce: 1),
        OfMany("web-deep", "deeply nested JSON", a => Send("POST", "/v1/messages", AnyToken(a), Deep)),
        OfMany("web-unknown", "unknown paths with guessed tokens", _ => Get($"/v1/{Guid.NewGuid():N}", Guid.NewGuid().ToString())),
        new("web-tokens", "HTTP: guessed tokens, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodWebAsync(
                socket, Each(() => Get("/v1/account", Guid.NewGuid().ToString()))), Door.Web)),
        new("web-names", "HTTP: logins of guessed names, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodWebAsync(socket, Each(() => LogIn($"{Guid.NewGuid():N}"))), Door.Web)),
        new("web-passwords", "HTTP: wrong passwords of 32 accounts, 32 connections",
            a => a.Start(1, 32, socket => a.FloodWebAsync(socket, Each(() => LogIn(Any(a.Order.Accounts)))), Door.Web)),
        new("web-passwords-many", "HTTP: wrong passwords of 32 accounts, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodWebAsync(socket, Each(() => LogIn(Any(a.Order.Accounts)))), Door.Web)),
        OfMany("web-register", "registrations, which are closed", _ => Send("POST", "/v1/accounts", null,
            $"{{\"user\":\"{Guid.NewGuid():N}\",\"name\":\"Somebody\",\"password\":\"a long enough password\"}}")),
        new("web-sends", "HTTP: sends of one account, 32 connections",
            a => a.Start(1, 32, socket => a.FloodWebAsync(socket, Each(() => Message(a, a.Order.Tokens[0]))), Door.Web)),
        OfMany("web-sends-many", "sends", a => Message(a, AnyToken(a))),
        OfMany("web-keys", "sends with a key", a => Message(a, AnyToken(a), $"Idempotency-Key: {Guid.NewGuid()}\r\n")),
        OfMany("web-pages", "pages of 200", a => Get($"/v1/messages?user={a.Order.Sender}&limit=200", AnyToken(a))),
        OfMany("web-list", "the list of conversations", a => Get("/v1/conversations?limit=200", AnyToken(a))),
        OfMany("web-logs", "200 entries of an inbox's log", a =>
        {
            var account = Random.Shared.Next(a.Order.Tokens.Count);
            var after = Random.Shared.Next(19_000);
            return Get($"/v1/logs/{a.Order.Inboxes[account]}?after={after}&epoch={a.Order.Epoch}&limit=200", a.Order.Tokens[account]);
        }),
        OfMany("web-users", "searches for users", a => Get("/v1/users?query=re&limit=20", AnyToken(a))),
        OfMany("web-presence", "presence of 200 users", a => Get(
            $"/v1/presence?users={string.Join(',', Enumerable.Range(0, 200).Select(i => $"recipient{i:000000}"))}", AnyToken(a))),
        OfMany("web-read", "read markers", a =>
        {
            var account = Random.Shared.Next(a.Order.Tokens.Count);
            return Send("PUT", "/v1/read", a.Order.Tokens[account],
                $"{{\"epoch\":\"{a.Order.Epoch}\",\"log\":\"{a.Order.Inboxes[account]}\","
                + $"\"conversation\":\"@{a.Order.Sender}\",\"upTo\":{Random.Shared.Next(20_000)}}}");
        }),
        OfMany("web-received", "receipts", a =>
        {
            var account = Random.Shared.Next(a.Order.Tokens.Count);
            return Send("POST", "/v1/received", a.Order.Tokens[account],
                $"{{\"epoch\":\"{a.Order.Epoch}\",\"logs\":{{\"{a.Order.Inboxes[account]}\":{Random.Shared.Next(20_000)}}}}}");
        }),
    ];

    /// <summary>Writes the beginning of a request, and then a byte per second.</summary>
    private static async Task SlowAsync(Attacker attacker, System.Net.Sockets.Socket socket, string start)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(start));
        await attacker.DripAsync(socket, "x"u8.ToArray(), Slowly);
    }

    private static Attack OfMany(string name, string what, Func<Attacker, string> request, int atOnce = Requests) => new(
        name, $"HTTP: {what}, 50 addresses, 100 connections",
        a => a.Start(Addresses, ConnectionsOfAddress, socket => a.FloodWebAsync(socket, Each(() => request(a), atOnce)), Door.Web));

    private static string Message(Attacker attacker, string token, string headers = "") => Send(
        "POST", "/v1/messages", token, $"{{\"to\":\"@{attacker.Order.Recipient}\",\"text\":\"Buy now.\"}}", headers);

    private static string LogIn(string user) => Send("POST", "/v1/sessions", null, $"{{\"user\":\"{user}\",\"password\":\"guess\"}}");

    private static string Get(string target, string? token = null) =>
        $"GET {target} HTTP/1.1\r\nHost: localhost\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n";

    private static string Send(string method, string target, string? token, string body, string headers = "") =>
        Head(method, target, token, body.Length, headers) + body;

    private static string Head(string method, string target, string? token, int length, string headers = "") =>
        $"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}{headers}"
        + $"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    private static Func<byte[]> Each(Func<string> request, int atOnce = Requests) => () =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, atOnce).Select(_ => request())));

    private static string AnyToken(Attacker attacker) => Any(attacker.Order.Tokens);

    private static string Any(IReadOnlyList<string> some) => some[Random.Shared.Next(some.Count)];
}

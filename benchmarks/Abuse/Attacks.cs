using System.Text;

namespace OrleansChat.Bench.Abuse;

/// <summary>One kind of attack.</summary>
/// <param name="Name">Its name on the command line of the attacker's process.</param>
/// <param name="What">What it does, for the table.</param>
/// <param name="Start">Starts it.</param>
internal sealed record Attack(string Name, string What, Action<Attacker> Start);

/// <summary>
/// The attacks that are measured: those on the text protocol, and then those over HTTP. Unless its description says otherwise, an operation
/// is a reply.
/// </summary>
internal static class Attacks
{
    /// <summary>How many lines are written at once.</summary>
    private const int Lines = 64;

    /// <summary>The first bytes of a ClientHello of 512 bytes; the rest never comes.</summary>
    private static readonly byte[] HalfAHello = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];

    /// <summary>All attacks, in the order of the table.</summary>
    public static IReadOnlyList<Attack> All => [.. Text, .. WebAttacks.All];

    private static IReadOnlyList<Attack> Text { get; } =
    [
        new("silent", "10,000 connections that say nothing, 20 addresses", a => a.Start(20, 500, socket => a.StayAsync(socket, []))),
        new("reset", "connects and resets, 64 at a time", a => a.Start(1, 64, a.LeaveAsync)),
        new("slow", "500 connections, a byte a second, no line",
            a => a.Start(1, 500, socket => a.DripAsync(socket, "x"u8.ToArray(), TimeSpan.FromSeconds(1)))),
        new("never-read", "500 connections that ask for inboxes of 1 MiB and read nothing", a =>
        {
            var asking = Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Repeat(a.Order.Tokens, 3).SelectMany(tokens => tokens).Select(token => $"inbox {token}\r\n")));
            a.Start(1, 500, socket =>
            {
                socket.ReceiveBufferSize = 4096;
                return a.DripAsync(socket, asking, TimeSpan.FromSeconds(1));
            });
        }),
        new("garbage", "lines of garbage, 64 connections", a => a.Start(1, 64, socket => a.FloodAsync(socket, Garbage()))),
        new("garbage-many", "lines of garbage, 100 connections, 50 addresses",
            a => a.Start(50, 2, socket => a.FloodAsync(socket, Garbage()))),
        new("endless", "lines without an end, 64 connections (64 KiB pieces)",
            a => a.Start(1, 64, socket => a.DripAsync(socket, Encoding.ASCII.GetBytes(new string('x', 1 << 16))))),
        new("sends", "sends of one account, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Same($"send {a.Order.Tokens[0]} {a.Order.Recipient} Buy now.\r\n")))),
        new("sends-many", "the same, 4 accounts, 50 addresses, 100 connections", a =>
            a.Start(50, 2, socket => a.FloodAsync(
                socket, Same($"send {a.Order.Tokens[Random.Shared.Next(a.Order.Tokens.Count)]} {a.Order.Recipient} Buy now.\r\n")))),
        new("blocked", "sends to one who has blocked the sender, 4 accounts, 50 addresses, 100 connections", a =>
            a.Start(50, 2, socket => a.FloodAsync(
                socket, Same($"send {a.Order.Tokens[Random.Shared.Next(a.Order.Tokens.Count)]} {a.Order.Blocker} Buy now.\r\n")))),
        new("outsiders", "sends to a room of which the sender is not a member, 4 accounts, 50 addresses, 100 connections", a =>
            a.Start(50, 2, socket => a.FloodAsync(
                socket, Same($"send {a.Order.Tokens[Random.Shared.Next(a.Order.Tokens.Count)]} {a.Order.Room} Buy now.\r\n")))),
        new("listuser", "listuser, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Same($"listuser {a.Order.Tokens[0]}\r\n")))),
        new("inbox", "inboxes of 1 MiB, read, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Same($"inbox {a.Order.Tokens[0]}\r\n")))),
        new("tokens", "guessed tokens, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Each(() => $"inbox {Guid.NewGuid()}\r\n")))),
        new("tokens-many", "guessed tokens, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodAsync(socket, Each(() => $"inbox {Guid.NewGuid()}\r\n")))),
        new("names", "guessed names of users, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodAsync(socket, Each(() => $"auth {Guid.NewGuid():N} guess\r\n")))),
        new("passwords", "wrong passwords of one account, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Same($"auth {a.Order.Accounts[0]} guess\r\n")))),
        new("passwords-all", "wrong passwords of 32 accounts, 32 connections",
            a => a.Start(1, 32, socket => a.FloodAsync(socket, Each(() => $"auth {AnyAccount(a)} guess\r\n")))),
        new("passwords-many", "wrong passwords of one account, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodAsync(socket, Same($"auth {a.Order.Accounts[0]} guess\r\n")))),
        new("passwords-all-many", "wrong passwords of 32 accounts, 200 addresses",
            a => a.Start(200, 1, socket => a.FloodAsync(socket, Each(() => $"auth {AnyAccount(a)} guess\r\n")))),
        new("tls-silent", "TLS: 10,000 connections that say nothing, 20 addresses",
            a => a.Start(20, 500, socket => a.StayAsync(socket, []), Door.Tls)),
        new("tls-half", "TLS: 10,000 connections with half a ClientHello, 20 addresses",
            a => a.Start(20, 500, socket => a.StayAsync(socket, HalfAHello), Door.Tls)),
        new("tls-handshakes", "TLS: handshakes, 32 at a time", a => a.Start(1, 32, a.ShakeHandsAsync, Door.Tls)),
    ];

    private static string AnyAccount(Attacker attacker) => attacker.Order.Accounts[Random.Shared.Next(attacker.Order.Accounts.Count)];

    private static Func<byte[]> Garbage() =>
        Same(new string([.. Enumerable.Range(0, 40).Select(_ => (char)Random.Shared.Next('!', '~'))]) + "\r\n");

    private static Func<byte[]> Same(string line)
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, Lines)));
        return () => lines;
    }

    private static Func<byte[]> Each(Func<string> line) => () =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Lines).Select(_ => line())));
}

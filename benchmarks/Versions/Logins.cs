using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OrleansChat.Bench.Versions;

/// <summary>Opens sessions as clients do, with the text protocol, which all versions have in common.</summary>
internal static class Logins
{
    private const int Connections = 8;

    /// <summary>Logs each user in once.</summary>
    /// <param name="server">The service's address.</param>
    /// <param name="users">Their names and passwords.</param>
    /// <param name="cancellationToken">Cancels the logins.</param>
    /// <returns>The tokens, in the order of the users.</returns>
    /// <exception cref="BenchException">A login was refused.</exception>
    public static async Task<IReadOnlyList<string>> OpenAsync(
        EndPoint server, IReadOnlyList<(string Name, string Password)> users, CancellationToken cancellationToken)
    {
        var tokens = new string[users.Count];
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async first =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, cancellationToken);
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            for (var i = first; i < users.Count; i += Connections)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"auth {users[i].Name} {users[i].Password}\r\n"), cancellationToken);
                tokens[i] = TokenIn(await ReadReplyAsync(reader, cancellationToken));
            }
        }));
        return tokens;
    }

    // A reply ends with an empty line.
    private static async Task<string> ReadReplyAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var reply = new StringBuilder();
        while (true)
        {
            var line = await reader.ReadLineAsync(cancellationToken)
                ?? throw new BenchException("The service ended a connection during a login.");
            if (line.Length == 0) return reply.ToString();
            reply.Append(line);
        }
    }

    private static string TokenIn(string reply)
    {
        try
        {
            using var json = JsonDocument.Parse(reply);
            if (json.RootElement.TryGetProperty("tokenid", out var token) && token.GetString() is { } text) return text;
        }
        catch (JsonException)
        {
            // Reported below.
        }
        throw new BenchException($"A login was refused: {reply}");
    }
}

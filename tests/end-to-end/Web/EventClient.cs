using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>An event stream, read from a socket as <c>curl -N</c> does.</summary>
internal sealed class EventClient : IDisposable
{
    private readonly TcpClient _connection = new();
    private readonly List<byte> _body = [];
    private Stream _stream = null!;
    private byte[] _rest = [];

    /// <summary>The header of the answer.</summary>
    public string Header { get; private set; } = "";

    /// <summary>What the first event said.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>Opens a stream, and reads its first event.</summary>
    public static async Task<EventClient> OpenAsync(Uri web, string token, object? start = null)
    {
        var client = await RequestAsync(web, token, "POST", JsonSerializer.Serialize(start ?? new { }));
        Assert.StartsWith("HTTP/1.1 200 ", client.Header, StringComparison.Ordinal);
        var (name, hello) = await client.NextAsync();
        Assert.Equal("hello", name);
        client.Hello = hello;
        return client;
    }

    /// <summary>Sends a request for a stream, and reads the header of the answer.</summary>
    public static async Task<EventClient> RequestAsync(
        Uri web, string token, string method, string? body = null, string query = "", string headers = "")
    {
        var client = new EventClient();
        await client._connection.ConnectAsync(web.Host, web.Port);
        client._stream = client._connection.GetStream();
        var content = body is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        await client._stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} /v1/events{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{headers}{content}\r\n{body}"));
        client.Header = Encoding.ASCII.GetString(await client.ReadToAsync("\r\n\r\n"));
        return client;
    }

    /// <summary>The next event and its data; "end" when the stream has ended. Comments are left out.</summary>
    public async Task<(string Name, JsonElement Data)> NextAsync()
    {
        while (true)
        {
            var end = Find(_body, "\n\n"u8);
            if (end >= 0)
            {
                var lines = Encoding.UTF8.GetString([.. _body.Take(end)]).Split('\n');
                _body.RemoveRange(0, end + 2);
                if (lines is not [['e', ..] name, var data]) continue;
                return (name["event: ".Length..], JsonDocument.Parse(data["data: ".Length..]).RootElement);
            }
            var size = int.Parse(
                Encoding.ASCII.GetString(await ReadToAsync("\r\n")).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0) return ("end", default);
            _body.AddRange(await ReadAsync(size));
            await ReadAsync(2);
        }
    }

    /// <summary>The next event, which must be an entry.</summary>
    public async Task<JsonElement> EntryAsync()
    {
        var (name, data) = await NextAsync();
        Assert.True(name == "entry", $"{name} {data}");
        return data;
    }

    /// <summary>Whether the connection ends instead of bringing more.</summary>
    public async Task<List<(string Name, JsonElement Data)>> ToEndAsync()
    {
        var events = new List<(string, JsonElement)>();
        try
        {
            while (await NextAsync() is var next && next.Name != "end") events.Add(next);
        }
        catch (IOException)
        {
            // The process is gone.
        }
        return events;
    }

    public void Dispose() => _connection.Dispose();

    private async Task<byte[]> ReadToAsync(string end)
    {
        var bytes = new List<byte>();
        var pattern = Encoding.ASCII.GetBytes(end);
        while (Find(bytes, pattern) < 0) bytes.AddRange(await ReadAsync(1));
        return [.. bytes];
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        while (_rest.Length < count)
        {
            var buffer = new byte[16 << 10];
            var read = await _stream.ReadAsync(buffer).AsTask().WaitAsync(WireClient.Patience);
            if (read == 0) throw new IOException("The connection has ended.");
            _rest = [.. _rest, .. buffer[..read]];
        }
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static int Find(List<byte> bytes, ReadOnlySpan<byte> pattern) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).IndexOf(pattern);
}

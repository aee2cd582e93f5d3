using System.Text;
using System.Text.RegularExpressions;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Transcripts;

/// <summary>
/// Plays a conversation that is written down, and compares every reply byte for byte.
/// </summary>
/// <remarks>
/// <c>A -> bytes</c> sends on connection A, which opens at its first use; <c>\r \n \\ \xNN</c> are escapes, nothing is added.
/// <c>A &lt;- reply</c> is the next reply, without its end. <c>A &lt;- ...</c> is one reply, whatever it says.
/// <c>A quiet</c>: every reply was read; told by a line that must get the next one. <c>A close</c> closes it.
/// <c>$name</c> in a reply is a UUID the first time, and the same UUID from then on, in either direction.
/// <c>operator ACTION ROOM [USER [ROLE]]</c> changes a room, as <c>orleanschat-admin rooms</c> does. <c># ...</c> says what follows.
/// </remarks>
public sealed partial class TranscriptPlayer(Func<Task<WireClient>> connect, Func<string[], Task> operate) : IDisposable
{
    private const string Operator = "operator ";
    private const string Uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    private readonly Dictionary<string, WireClient> _clients = [];
    private readonly Dictionary<string, string> _names = [];

    /// <summary>Plays a transcript to its end, or to the first reply that differs.</summary>
    public async Task PlayAsync(string path)
    {
        var number = 0;
        foreach (var line in await File.ReadAllLinesAsync(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith(Operator, StringComparison.Ordinal))
            {
                await operate(line[Operator.Length..].Split(' '));
                continue;
            }
            var step = StepPattern().Match(line);
            Assert.True(step.Success, $"{path}:{number} is not a valid step: {line}");
            await PlayAsync(step.Groups[1].Value, step.Groups[2].Value, step.Groups[3].Value, $"{Path.GetFileName(path)}:{number}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private async Task PlayAsync(string name, string action, string text, string place)
    {
        if (!_clients.TryGetValue(name, out var client)) _clients.Add(name, client = await connect());
        switch (action)
        {
            case "->":
                await client.SendAsync(Unescape(NamePattern().Replace(text, m => _names.GetValueOrDefault(m.Value, m.Value))));
                break;
            case "<-":
                var reply = await client.ReadReplyAsync();
                if (text != "...") Compare(text, reply, place);
                break;
            case "quiet":
                Compare(Replies.NotACommand, await client.AskAsync("quiet"), place);
                break;
            case "close":
                client.Dispose();
                _clients.Remove(name);
                break;
        }
    }

    private void Compare(string expected, string reply, string place)
    {
        var unknown = new List<string>();
        var pattern = NamePattern().Replace(Regex.Escape(expected).Replace(@"\$", "$", StringComparison.Ordinal), m =>
        {
            if (_names.TryGetValue(m.Value, out var known)) return known;
            unknown.Add(m.Value);
            return $"({Uuid})";
        });
        var match = Regex.Match(reply, $@"\A{pattern}\z");
        Assert.True(match.Success, $"{place}\n  expected {expected}\n  received {reply}");
        for (var i = 0; i < unknown.Count; i++) _names[unknown[i]] = match.Groups[i + 1].Value;
    }

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
                continue;
            }
            i++;
            bytes.Add(text[i] switch
            {
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                'x' => Convert.FromHexString(text.AsSpan(i + 1, 2))[0],
                _ => (byte)text[i],
            });
            if (text[i] == 'x') i += 2;
        }
        return [.. bytes];
    }

    [GeneratedRegex(@"^([A-Z]) (->|<-|quiet|close)(?: (.*))?$")]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"\$[a-z]+[0-9]*")]
    private static partial Regex NamePattern();
}

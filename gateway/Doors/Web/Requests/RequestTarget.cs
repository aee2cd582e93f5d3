using System.Text;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>
/// The path and the query of a request, read from what the client has sent: servers and proxies take dots out of paths, and would make
/// another request of a name like <c>..</c>.
/// </summary>
internal sealed class RequestTarget
{
    /// <summary>The greatest length of path and query together, in bytes.</summary>
    public const int MaxBytes = 8 << 10;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private static readonly Dictionary<string, string> None = [];

    private readonly string _query;

    private RequestTarget(string raw, string[] segments, string query) => (Raw, Segments, _query) = (raw, segments, query);

    /// <summary>The target as the client has sent it.</summary>
    public string Raw { get; }

    /// <summary>The segments of the path, decoded.</summary>
    public string[] Segments { get; }

    /// <summary>Reads the target of a request line.</summary>
    /// <exception cref="RequestException">It is too long, or would not arrive everywhere as what it says.</exception>
    public static RequestTarget Read(string raw)
    {
        if (raw.Length > MaxBytes)
            throw new RequestException(ProblemCode.UriTooLong, $"The path and query have {raw.Length} bytes; they may have {MaxBytes}.");
        var sent = raw;
        // A proxy's form has the origin before it.
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (raw is not ['/', ..] && scheme > 0)
            raw = raw.IndexOf('/', scheme + 3) is > 0 and var slash ? raw[slash..] : "/";
        if (raw is not ['/', ..]) throw RequestException.NotFound("The path begins with a slash.");
        var end = raw.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? raw : raw[..end];
        var segments = Array.ConvertAll(path[1..].Split('/'), segment => Decode(segment, isQuery: false));
        if (segments.Length > 1 && segments.Any(segment => segment is "" or "." or ".."))
            throw RequestException.NotFound("A part of the path is empty, '.' or '..': there is no such name.");
        return new RequestTarget(sent, segments, end < 0 ? "" : raw[(end + 1)..]);
    }

    /// <summary>Reads the query.</summary>
    /// <exception cref="RequestException">A parameter is unknown, or comes twice.</exception>
    public IReadOnlyDictionary<string, string> ReadQuery(string[] known)
    {
        if (_query.Length == 0) return None;
        var parameters = new Dictionary<string, string>();
        foreach (var part in _query.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? part : part[..equals], isQuery: true);
            if (!known.Contains(name))
            {
                throw RequestException.Bad(
                    $"Unknown query parameter '{StrictJson.Shown(name)}'. "
                    + (known.Length == 0 ? "This request takes none." : $"Known: {string.Join(", ", known)}."));
            }
            if (!parameters.TryAdd(name, equals < 0 ? "" : Decode(part[(equals + 1)..], isQuery: true)))
                throw RequestException.Bad($"The query parameter '{name}' comes twice.");
        }
        return parameters;
    }

    private static string Decode(string text, bool isQuery)
    {
        if (!text.AsSpan().ContainsAny('%', '+') && !text.AsSpan().ContainsAnyExceptInRange('!', '~')) return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    throw RequestException.Bad("After '%' the path and query have two hexadecimal digits.");
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else if (text[i] is < '!' or > '~')
                throw RequestException.Bad("The path and query are ASCII: encode other characters with '%'.");
            else bytes.Add(isQuery && text[i] == '+' ? (byte)' ' : (byte)text[i]);
        }
        try
        {
            return Utf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw RequestException.Bad("The path or query is not valid UTF-8.");
        }
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>How large bodies may be, each and together, and how long they may take.</summary>
internal sealed class BodyLimits(LimitOptions limits, TimeProvider time)
{
    /// <summary>The greatest length of a body: a text of the greatest length whose every byte is escaped, and the rest.</summary>
    public const int MaxBytes = 384 << 10;

    /// <summary>The greatest length of most bodies: they hold names, numbers and passwords.</summary>
    public const int UsualBytes = 4 << 10;

    private const string Json = "application/json";

    /// <summary>Bodies of this length count towards <see cref="MaxOfAll"/>; nearly all are shorter.</summary>
    private const int Small = 16 << 10;

    /// <summary>What all larger bodies that are arriving may take of this process's memory.</summary>
    private const long MaxOfAll = 64 << 20;

    /// <summary>What those of one address may take of it: nobody takes it all.</summary>
    private const long MaxOfAddress = MaxOfAll / 8;

    private readonly Dictionary<ClientAddress, long> _ofAddresses = [];
    private long _arriving;

    /// <summary>Begins the time of a body.</summary>
    public BodyTimeout Begin(CancellationToken aborted) => new(limits.LineTimeout, time, aborted);

    /// <summary>Charges what has arrived of a body.</summary>
    /// <exception cref="RequestException">Too much is arriving.</exception>
    public void Charge(ClientAddress address, ref long charged, long length)
    {
        if (length <= Small || length <= charged) return;
        var more = length - charged;
        charged = length;
        lock (_ofAddresses)
        {
            _arriving += more;
            var ofAddress = _ofAddresses[address] = _ofAddresses.GetValueOrDefault(address) + more;
            if (_arriving <= MaxOfAll && ofAddress <= MaxOfAddress) return;
        }
        throw new RequestException(ProblemCode.Overloaded, "Too many large bodies are arriving.") { RetryAfter = 2 };
    }

    /// <summary>Ends the charge of a body.</summary>
    public void Release(ClientAddress address, long charged)
    {
        if (charged == 0) return;
        lock (_ofAddresses)
        {
            _arriving -= charged;
            if ((_ofAddresses[address] -= charged) == 0) _ofAddresses.Remove(address);
        }
    }

    /// <summary>A body that is too large.</summary>
    public static RequestException TooLarge(int most) => new(ProblemCode.TooLarge, $"The body of this request may have {most} bytes.");

    /// <summary>Requires that a request says that its body is JSON, in UTF-8 and not compressed.</summary>
    /// <exception cref="RequestException">It does not.</exception>
    public static void RequireJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 || !IsJson(request.ContentType))
            throw new RequestException(ProblemCode.MediaType, "Send the header 'Content-Type: application/json', and no other encoding.");
    }

    private static bool IsJson(string? contentType) => contentType == Json
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Ends the wait for a body that takes too long, or whose client has gone.</summary>
    public sealed class BodyTimeout : IDisposable
    {
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;

        public BodyTimeout(TimeSpan longest, TimeProvider time, CancellationToken aborted)
        {
            _timeout = new CancellationTokenSource(longest, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, aborted);
        }

        /// <summary>Is cancelled then.</summary>
        public CancellationToken Token => _either.Token;

        /// <inheritdoc/>
        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>
/// Gives the server's own errors a body. What it cannot read as a request (a malformed line, a NUL in the path) it answers with a status
/// alone, before this door hears of it. Such an answer comes in one piece, says that it is empty, and closes the connection; no answer of
/// the door's looks so, because all of those say <c>no-store</c>.
/// </summary>
internal sealed class BareErrors(PipeWriter output) : PipeWriter
{
    /// <summary>An answer of the server's own is shorter; anything longer passes without a further copy.</summary>
    private const int MaxLength = 1024;

    private readonly ArrayBufferWriter<byte> _start = new();
    private bool _passes;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => output.UnflushedBytes + _start.WrittenCount;

    /// <summary>Puts it behind the output of a connection.</summary>
    public static IDuplexPipe Over(IDuplexPipe transport) => new Pipes(transport.Input, new BareErrors(transport.Output));

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _passes ? output.GetMemory(sizeHint) : _start.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _passes ? output.GetSpan(sizeHint) : _start.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_passes)
        {
            output.Advance(bytes);
            return;
        }
        _start.Advance(bytes);
        if (_start.WrittenCount > MaxLength) Pass();
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Pass();
        _passes = false;
        return output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        Pass();
        output.Complete(exception);
    }

    private void Pass()
    {
        if (_start.WrittenCount > 0)
        {
            if (WithBody(_start.WrittenSpan) is { } problem) output.Write(problem);
            else output.Write(_start.WrittenSpan);
        }
        _start.ResetWrittenCount();
        _passes = true;
    }

    /// <summary>The same answer with a body; null for any other answer.</summary>
    internal static byte[]? WithBody(ReadOnlySpan<byte> answer)
    {
        if (answer.Length > MaxLength || !answer.StartsWith("HTTP/1.1 "u8) || !answer.EndsWith("\r\n\r\n"u8)
            || answer.IndexOf("\r\nContent-Length: 0\r\n"u8) < 0 || answer.IndexOf("\r\nConnection: close\r\n"u8) < 0
            || answer.IndexOf("no-store"u8) >= 0 || answer[9] is not ((byte)'4' or (byte)'5'))
            return null;
        var status = ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + answer[11] - '0';
        // Of its 5xx the server itself says none but that it does not speak that version.
        var problem = Problems.BodyOf(new RequestException(
            status >= 500 ? ProblemCode.BadRequest : ProblemCode.OfStatus(status), "The request is not one of HTTP/1.1 that can be read."));
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, WebJson.Default.ProblemBody);
        return
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {problem.Status} {problem.Title}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n"
                + $"Content-Type: {Problems.ContentType}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"),
            .. body,
        ];
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

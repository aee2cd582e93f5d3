using System.Buffers;
using System.IO.Pipelines;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Transport;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// A connection's output. It counts its bytes, which tells which of them the client's TCP has acknowledged.
/// </summary>
internal sealed class ReplyOutput(PipeWriter output, ITransportProgress progress) : IBufferWriter<byte>, IReplyBacklog
{
    /// <summary>With more than this many bytes waiting, replies go out before the next line is answered.</summary>
    private const int FlushThreshold = 32 * 1024;

    private long _flushed;
    private long _handedOver;

    /// <summary>How many bytes were written to this connection so far.</summary>
    public long Written { get; private set; }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Written += count;
        output.Advance(count);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    /// <summary>Whether replies wait for the client's TCP to take them.</summary>
    public bool IsWaiting { get; set; }

    /// <inheritdoc/>
    public long WaitingBytes(out long taken)
    {
        taken = 0;
        if (!IsWaiting || !progress.TryRead(out var sample)) return 0;
        taken = sample.Taken;
        // TLS also holds bytes that it has not encrypted yet.
        return Math.Max(progress.SentFor(Written) - taken, Written - Volatile.Read(ref _handedOver));
    }

    /// <summary>Whether nobody takes the replies any more: the connection broke, or the process stops.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Writes the error for a refusal, or ends the replies when the client has gone.</summary>
    public void Refuse(Refusal refusal)
    {
        if (refusal == Refusal.ClientGone) End();
        else ReplyWriter.WriteError(this, ErrorOf(refusal));
    }

    /// <summary>Hands what was written to the transport; waits while the client reads too slowly.</summary>
    public ValueTask FlushAsync()
    {
        _flushed = Written;
        var flush = output.FlushAsync();
        if (!flush.IsCompletedSuccessfully) return Wait(flush);
        Record(flush.Result);
        return ValueTask.CompletedTask;
    }

    /// <summary>Flushes when much is waiting, so that long replies to short lines do not pile up.</summary>
    public ValueTask FlushIfMuchAsync() => Written - _flushed > FlushThreshold ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Stops writing: the peer is gone, or the process is stopping.</summary>
    public void End()
    {
        IsEnded = true;
        output.CancelPendingFlush();
    }

    private async ValueTask Wait(ValueTask<FlushResult> flush)
    {
        var wasWaiting = IsWaiting;
        IsWaiting = true;
        try
        {
            Record(await flush);
            IsWaiting = wasWaiting;
        }
        catch
        {
            IsEnded = true;
            throw;
        }
    }

    private void Record(FlushResult result)
    {
        Volatile.Write(ref _handedOver, Written);
        IsEnded |= result.IsCompleted || result.IsCanceled;
    }

    private static ReplyError ErrorOf(Refusal refusal) => refusal switch
    {
        Refusal.NoSession => ReplyError.NoSession,
        Refusal.NoSuchUser => ReplyError.NoSuchUser,
        Refusal.WrongPassword => ReplyError.WrongPassword,
        Refusal.NoRecipient => ReplyError.NoRecipient,
        Refusal.MailboxFull => ReplyError.MailboxFull,
        Refusal.IdUsed => ReplyError.IdUsed,
        Refusal.TooMany => ReplyError.TooManyAttempts,
        _ => ReplyError.Unavailable,
    };
}

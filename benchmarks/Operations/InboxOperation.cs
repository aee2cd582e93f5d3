using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>The question that a client asks again and again: whether there is anything new. There is nothing.</summary>
internal sealed class InboxOperation : IOperation
{
    /// <inheritdoc/>
    public string Name => "inbox";

    /// <inheritdoc/>
    public string Summary => "looks into inboxes in which nothing is new";

    /// <inheritdoc/>
    public ReplyPattern Reply => ReplyPattern.Ok;

    /// <inheritdoc/>
    public RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth) => new([$"inbox {token}\r\n"], depth);
}

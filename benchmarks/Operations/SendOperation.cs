using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>Messages to users who are not there, to each in turn.</summary>
internal sealed class SendOperation : IOperation
{
    /// <inheritdoc/>
    public string Name => "send";

    /// <inheritdoc/>
    public string Summary => "messages to users who are offline, each durable when it is answered";

    /// <inheritdoc/>
    public ReplyPattern Reply => ReplyPattern.Sent;

    /// <inheritdoc/>
    public RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth) =>
        RequestRing.OfSends(token, recipients, first: index, depth);
}

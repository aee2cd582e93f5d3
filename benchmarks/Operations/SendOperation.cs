using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>Sends messages to offline users, to each in turn.</summary>
internal sealed class SendOperation : IOperation
{
    public string Name => "send";

    public string Summary => "messages to users who are offline, each durable when it is answered";

    public ReplyPattern Reply => ReplyPattern.Sent;

    public RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth) =>
        RequestRing.OfSends(token, recipients, first: index, depth);
}

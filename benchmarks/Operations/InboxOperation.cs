using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Operations;

/// <summary>Polls for new messages, as a client does repeatedly, when there are none.</summary>
internal sealed class InboxOperation : IOperation
{
    public string Name => "inbox";

    public string Summary => "reads inboxes in which nothing is new";

    public ReplyPattern Reply => ReplyPattern.Ok;

    public RequestRing RingOf(string token, IReadOnlyList<string> recipients, int index, int depth) => new([$"inbox {token}\r\n"], depth);
}

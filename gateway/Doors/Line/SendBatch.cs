using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Doors.Line;

/// <summary>
/// Collects consecutive <c>send</c>s of one session on a connection. They travel together, and are answered in order when all are
/// decided.
/// </summary>
/// <param name="session">Who sends.</param>
/// <param name="replies">Where the replies go.</param>
/// <param name="maxMessages">The most that travel together; 64 are about 100 kB of ordinary messages, or 4 MiB of the longest.</param>
internal sealed class SendBatch(ClientSession session, ReplyOutput replies, int maxMessages)
{
    private readonly List<OutgoingMessage> _messages = [];
    private string? _token;
    private string? _sessionKey;

    /// <summary>Adds a command if it belongs to the batch; otherwise flush the batch before you answer the command.</summary>
    public bool TryAdd(Command command)
    {
        if (command.Kind != CommandKind.Send) return false;
        if (_messages.Count == maxMessages || (_messages.Count > 0 && command.Token != _token)) return false;
        if (command.Token != _token)
        {
            // Most connections send with one token, so it is hashed once.
            _token = command.Token;
            _sessionKey = SessionToken.KeyOf(_token);
        }
        _messages.Add(session.NewMessage(command.User, command.Text));
        return true;
    }

    /// <summary>Sends the collected messages, and writes a reply for each.</summary>
    public async ValueTask FlushAsync()
    {
        if (_messages.Count == 0) return;
        OutgoingMessage[] batch = [.. _messages];
        _messages.Clear();
        foreach (var outcome in (await session.SendAsync(_sessionKey, batch)).Refusals)
        {
            if (outcome is { } refusal) replies.Refuse(refusal);
            else ReplyWriter.WriteSent(replies);
        }
    }
}

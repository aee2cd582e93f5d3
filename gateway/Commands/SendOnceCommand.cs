using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Protocol;

namespace OrleansChat.Gateway.Commands;

/// <summary><c>sendonce TOKEN ID USER TEXT</c>: a send that the client may repeat.</summary>
internal static class SendOnceCommand
{
    public static async Task Handle(ChatConnection connection, Command command)
    {
        if ((SessionToken.TryGetKey(command.Token, out var sessionKey) ? await connection.Guard.AdmitAsync(sessionKey) : ReplyError.NoSession) is { } refusal)
        {
            ReplyWriter.WriteError(connection.Replies, refusal);
            return;
        }
        var message = new OutgoingMessage(MessageId.New(connection.Services.Time.GetUtcNow()), command.User, command.Text, command.OnceId);
        var reply = await GrainCalls.RepeatAsync(connection, Send, isUnknown: reply => reply.Status == SendStatus.Unavailable);
        await connection.UsedAsync(sessionKey!, reply.Session);
        if (reply.Status == SendStatus.Sent) ReplyWriter.WriteReceipt(connection.Replies, reply.MessageId, reply.Durability);
        else ReplyWriter.WriteError(connection.Replies, SendBatch.ErrorOf(reply.Status));

        async Task<SendOnceReply> Send(bool isRepetition)
        {
            var reply = await connection.Services.Grains.Session(sessionKey!).SendOnce(message, connection.Id);
            // What was of unknown outcome once cannot be said not to be stored.
            return isRepetition && reply.Status != SendStatus.Sent ? reply with { Status = SendStatus.Unavailable } : reply;
        }
    }
}

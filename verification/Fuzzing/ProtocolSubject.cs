using System.Buffers;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>The protocol layer under test. Tests of the fuzzer override a part of it with a broken one.</summary>
internal class ProtocolSubject
{
    /// <summary>A new reader for one stream.</summary>
    public virtual LineReader NewReader(int maxLength) => new(maxLength);

    /// <inheritdoc cref="LineReader.Read"/>
    public virtual LineStatus Read(LineReader reader, ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line) =>
        reader.Read(ref buffer, out line);

    /// <inheritdoc cref="CommandTable.TryParse(in ReadOnlySequence{byte}, out Command?, out ReplyError)"/>
    public virtual bool TryParse(in ReadOnlySequence<byte> line, out Command? command, out ReplyError error) =>
        CommandTable.TryParse(line, out command, out error);

    /// <summary>Writes a reply.</summary>
    public virtual void Write(IBufferWriter<byte> output, ReplyInput reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.LoggedIn: ReplyWriter.WriteLoggedIn(output, reply.Names[0]); break;
            case ReplyKind.Sent: ReplyWriter.WriteSent(output); break;
            case ReplyKind.Receipt: ReplyWriter.WriteReceipt(output, reply.Id, reply.Names[0]); break;
            case ReplyKind.Users: ReplyWriter.WriteUsers(output, reply.Names); break;
            case ReplyKind.LoggedOut: ReplyWriter.WriteLoggedOut(output, reply.Names[0]); break;
            case ReplyKind.Error: ReplyWriter.WriteError(output, reply.Error); break;
            case ReplyKind.Inbox: InboxReply.Write(output, reply.Names[0], reply.Messages); break;
        }
    }

    /// <inheritdoc cref="InboxReply.CountThatFit"/>
    public virtual int CountThatFit(string ownerName, IEnumerable<InboxEntry> messages, int maxBytes) =>
        InboxReply.CountThatFit(ownerName, messages, maxBytes);
}

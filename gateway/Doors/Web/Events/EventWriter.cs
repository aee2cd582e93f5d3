using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions.Push;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Events;

/// <summary>
/// Writes events as <c>text/event-stream</c> has them: <c>event: NAME</c>, <c>data: JSON</c>, an empty line. The JSON has no line ends.
/// </summary>
internal static class EventWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Reasons = ["behind", "ahead", "epoch", "expired", "other"];

    /// <summary>Writes an event; returns how many bytes it has.</summary>
    public static int Write(PipeWriter output, StreamEvent next)
    {
        var bytes = next is EntryEvent { Shared: { } shared } entry && entry.After == entry.Entry.Number - 1
            // The same for all who follow the log.
            ? shared.Written ??= Of(next)
            : Of(next);
        output.Write(bytes);
        return bytes.Length;
    }

    /// <summary>The bytes of an event.</summary>
    internal static byte[] Of(StreamEvent next) => next switch
    {
        EntryEvent entry => Of("entry", Entry(entry)),
        HeartbeatEvent => ":\n\n"u8.ToArray(),
        HelloEvent hello => Of("hello", Hello(hello.Standing)),
        SentEvent sent => Of("sent", Sent(sent)),
        ReadEvent { Notice: var read } => Of("read", new ReadEventBody(
            Formats.ShowConversation(read.Conversation), Formats.ShowLog(read.LogId), read.Number,
            new UnreadCount(read.Unread, UnreadCount.MostOfOne), read.UnreadAt)),
        RoomsEvent rooms => Of("rooms", new RoomsEventBody(
            Formats.ShowLog(rooms.Log), rooms.Room, rooms.Role is { } role ? RoomWords.Show(role) : null, rooms.Last)),
        PresenceEvent presence => Of("presence", new UserPresenceBody(presence.User, presence.IsOnline)),
        AccountEvent account => Of("account", new AccountEventBody(account.User)),
        ResetEvent reset => Of("reset", new ResetEventBody(Formats.ShowLog(reset.Log), Reasons[(int)reset.Reason], reset.Last)),
        DrainEvent drain => Of("drain", new DrainBody((long)drain.Within.TotalMilliseconds)),
        _ => throw new InvalidOperationException($"There is no way to write {next.GetType().Name}."),
    };

    private static EntryBody Entry(EntryEvent next)
    {
        var peer = next.Room is { } room ? RoomName.ToRecipient(room) : next.Entry.Sender;
        return Entries.Of(next.Entry, peer) with { After = next.After };
    }

    private static HelloBody Hello(Standing standing)
    {
        var logs = standing.Rooms.Select(room => room.Log).Prepend(standing.Inbox).ToList();
        return new HelloBody(
            standing.User, standing.Name, standing.Epoch, Formats.ShowLog(standing.Inbox.LogId),
            logs.ToDictionary(log => Formats.ShowLog(log.LogId), log => log.Last),
            logs.ToDictionary(log => Formats.ShowLog(log.LogId), log => log.Received),
            standing.Rooms.ToDictionary(
                room => Formats.ShowLog(room.Log.LogId), room => new OwnRoomBody(room.Name, RoomWords.Show(room.Role))),
            (int)StreamHub.Heartbeat.TotalSeconds);
    }

    private static SentEventBody Sent(SentEvent sent)
    {
        var entry = sent.Notice.Entry!;
        return new SentEventBody(
            entry.Id, Formats.ShowLog(entry.LogId), entry.Number, RoomWords.Show(entry.Kind),
            Formats.ShowConversation(sent.Notice.Conversation), entry.Sender, sent.SenderName, StoredText.Show(entry.Text),
            StoredText.Show(entry.AcceptedAt), sent.IsOwn ? sent.Notice.OnceId : null);
    }

    private static byte[] Of<T>(string name, T body) where T : class
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("event: "u8);
        buffer.Write(System.Text.Encoding.ASCII.GetBytes(name));
        buffer.Write("\ndata: "u8);
        using (var writer = new Utf8JsonWriter(buffer, Options)) JsonSerializer.Serialize(writer, body, WebTypes.Of<T>());
        buffer.Write("\n\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}

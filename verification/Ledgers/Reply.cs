using System.Text.Json;
using OrleansChat.Identifiers;

namespace OrleansChat.Verification.Ledgers;

/// <summary>A message as an inbox shows it.</summary>
/// <param name="Sender">The user name of its sender; in a room, which shows display names, in any case: they are the same here.</param>
/// <param name="Text">Its text.</param>
/// <param name="Room">The room as a recipient, if it was sent to one.</param>
internal readonly record struct ShownMessage(string Sender, string Text, string? Room = null);

/// <summary>A reply, parsed as the answer to one kind of request.</summary>
internal sealed class Reply
{
    public const string NotFound = "Informasi tidak ditemukan";
    private const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    private const string Unavailable = "Layanan Sedang Tidak Tersedia";
    public const string LimitReached = "Terlalu Banyak Percobaan";
    public const string NoRecipient = "User Tidak Ditemukan";
    public const string IdUsed = "ID Sudah Dipakai";
    private const string MailboxFull = "Kotak Masuk Penuh";
    private static readonly Reply PlainSent = new() { Outcome = RequestOutcome.Done };

    public RequestOutcome Outcome { get; private set; } = RequestOutcome.Refused;
    public string? Error { get; private set; }

    /// <summary>The token of a login, or the ID in the receipt of a repeatable send.</summary>
    public string? Id { get; private set; }

    public List<string> Users { get; } = [];
    public List<ShownMessage> Messages { get; } = [];

    /// <summary>What is wrong with the reply's form; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>An answer that was not a line.</summary>
    /// <param name="outcome">What became of the request.</param>
    /// <param name="error">Why it was refused: one of the constants, or any other text.</param>
    /// <param name="id">The token of a login.</param>
    public static Reply Of(RequestOutcome outcome, string? error = null, string? id = null) =>
        new() { Outcome = outcome, Error = error, Id = id };

    /// <summary>An answer that was not a line, and has a form that is not allowed.</summary>
    public static Reply Malformed(string problem) => new() { Outcome = RequestOutcome.Unavailable, Problem = problem };

    /// <summary>Parses a reply; one that the protocol does not allow there has a <see cref="Problem"/>.</summary>
    /// <param name="kind">The kind of the request.</param>
    /// <param name="user">The user who asked.</param>
    /// <param name="text">The reply without its line ends.</param>
    public static Reply Read(RequestKind kind, string user, string text)
    {
        if (kind == RequestKind.Send && text == Sent) return PlainSent;
        var reply = new Reply();
        try
        {
            if (text.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new FormatException("it holds bytes that are not printable ASCII");
            using var document = JsonDocument.Parse(text);
            reply.ReadBody(kind, user, document.RootElement);
        }
        catch (Exception exception) when (exception is FormatException or JsonException
            or InvalidOperationException or KeyNotFoundException)
        {
            reply.Problem = exception is FormatException ? exception.Message : "it is not the JSON that the command's reply has";
        }
        return reply;
    }

    private void ReadBody(RequestKind kind, string user, JsonElement body)
    {
        if (body.GetProperty("status").GetString() is not "OK" and var status)
        {
            Require(status == "ERROR" && body.GetPropertyCount() == 2, "its status is neither OK nor ERROR");
            Error = body.GetProperty("message").GetString();
            Outcome = Error == Unavailable ? RequestOutcome.Unavailable : RequestOutcome.Refused;
            Require(Error is Unavailable or LimitReached
                || (Error == NotFound && kind != RequestKind.LogIn)
                || (Error == IdUsed && kind == RequestKind.SendOnce)
                || (Error is MailboxFull or NoRecipient && kind is RequestKind.Send or RequestKind.SendOnce),
                $"'{Error}' is not a valid answer to this request");
            return;
        }
        Outcome = RequestOutcome.Done;
        Require(body.GetPropertyCount() == (kind == RequestKind.SendOnce ? 4 : 2), "it has the wrong number of members");
        switch (kind)
        {
            case RequestKind.LogIn:
                Id = ReadUuid(body.GetProperty("tokenid"));
                break;
            case RequestKind.Send:
                Require(body.GetProperty("message").ValueEquals("Message Sent"), "it is not 'Message Sent'");
                break;
            case RequestKind.SendOnce:
                Require(body.GetProperty("message").ValueEquals("Message Sent"), "it is not 'Message Sent'");
                Require(body.GetProperty("durability").GetString() is "flushed" or "replicated" or "written",
                    "its durability is not one of the three");
                Id = ReadUuid(body.GetProperty("id"));
                break;
            case RequestKind.Inbox:
                ReadMessages(body.GetProperty("messages"));
                break;
            case RequestKind.ListUsers:
                foreach (var name in body.GetProperty("user").EnumerateArray())
                    Users.Add(name.GetString() ?? throw new FormatException("a user has no name"));
                break;
            case RequestKind.LogOut:
                Require(body.GetProperty("messages").ValueEquals($"User {user} berhasil Logout"),
                    "it does not name the user who logged out");
                break;
        }
    }

    private void ReadMessages(JsonElement senders)
    {
        foreach (var sender in senders.EnumerateObject())
        {
            Require(sender.Value.GetArrayLength() > 0, "a sender has no messages");
            var room = sender.Name.StartsWith(RoomName.Mark) ? sender.Name : null;
            foreach (var message in sender.Value.EnumerateArray())
            {
                var (from, to) = (message.GetProperty("msg_from").GetString(), message.GetProperty("msg_to").GetString());
                Require(message.GetPropertyCount() == 3 && from is not null && to is not null, "a message has the wrong members");
                Require(room is null || to == room, "a message of a room was sent to another one");
                var text = message.GetProperty("msg").GetString() ?? "";
                Messages.Add(room is null ? new ShownMessage(sender.Name, text) : new ShownMessage(from!, text, room));
            }
        }
    }

    private static string ReadUuid(JsonElement value) =>
        Guid.TryParseExact(value.GetString(), "D", out _) ? value.GetString()! : throw new FormatException("its id is not a UUID");

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException(otherwise);
    }
}

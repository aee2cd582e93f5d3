using System.Text.Json;

namespace OrleansChat.EndToEnd.Tests.Wire;

/// <summary>A message as an inbox shows it.</summary>
/// <param name="Sender">The sender's user name.</param>
/// <param name="From">The sender's display name.</param>
/// <param name="To">The reader's display name.</param>
/// <param name="Text">The text, with the space before it and the line's end.</param>
public sealed record ReadMessage(string Sender, string From, string To, string Text);

/// <summary>The replies, byte for byte, and what stands in them. Written from the protocol, not from the code under test.</summary>
public static class Replies
{
    public const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    public const string EmptyInbox = """{"status": "OK", "messages": {}}""";
    public const string NoSuchUser = """{"status": "ERROR", "message": "User Tidak Ada"}""";
    public const string WrongPassword = """{"status": "ERROR", "message": "Password Salah"}""";
    public const string NoRecipient = """{"status": "ERROR", "message": "User Tidak Ditemukan"}""";
    public const string IdUsed = """{"status": "ERROR", "message": "ID Sudah Dipakai"}""";
    public const string NoSession = """{"status": "ERROR", "message": "Informasi tidak ditemukan"}""";
    public const string MissingArguments = """{"status": "ERROR", "message": "--Protocol Tidak Benar"}""";
    public const string NotACommand = """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""";
    public const string LineTooLong = """{"status": "ERROR", "message": "Baris Terlalu Panjang"}""";
    public const string TooManyAttempts = """{"status": "ERROR", "message": "Terlalu Banyak Percobaan"}""";
    public const string MailboxFull = """{"status": "ERROR", "message": "Kotak Masuk Penuh"}""";
    public const string Unavailable = """{"status": "ERROR", "message": "Layanan Sedang Tidak Tersedia"}""";

    /// <summary>The reply to a logout.</summary>
    public static string LoggedOut(string user) => $$"""{"status": "OK", "messages": "User {{user}} berhasil Logout"}""";

    /// <summary>The token in the reply to a login.</summary>
    public static string TokenIn(string reply) => Ok(reply).GetProperty("tokenid").GetString()!;

    /// <summary>The names in the reply to <c>listuser</c>.</summary>
    public static string[] UsersIn(string reply) => [.. Ok(reply).GetProperty("user").EnumerateArray().Select(user => user.GetString()!)];

    /// <summary>The messages in the reply to <c>inbox</c>, in the order of the reply.</summary>
    public static ReadMessage[] MessagesIn(string reply) =>
        [.. from sender in Ok(reply).GetProperty("messages").EnumerateObject()
            from message in sender.Value.EnumerateArray()
            select new ReadMessage(
                sender.Name, message.GetProperty("msg_from").GetString()!,
                message.GetProperty("msg_to").GetString()!, message.GetProperty("msg").GetString()!)];

    /// <summary>The texts in the reply to <c>inbox</c>, without the space before and the line's end.</summary>
    public static string[] TextsIn(string reply) => [.. MessagesIn(reply).Select(message => message.Text.Trim())];

    private static JsonElement Ok(string reply)
    {
        Assert.StartsWith("""{"status": "OK", """, reply, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<JsonElement>(reply);
    }
}

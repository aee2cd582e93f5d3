using System.Buffers;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Protocol.Tests;

public class ReplyWriterTests
{
    private const string Uuid = "2cfe6528-2978-4f7b-b97d-60a4c0a1a89e";

    [Fact]
    public void A_login_is_answered_with_its_token() => Assert.Equal(
        $$"""{"status": "OK", "tokenid": "{{Uuid}}"}""" + "\r\n\r\n",
        Written.By(output => ReplyWriter.WriteLoggedIn(output, Uuid)));

    [Fact]
    public void A_send_is_answered_without_a_receipt() => Assert.Equal(
        """{"status": "OK", "message": "Message Sent"}""" + "\r\n\r\n",
        Written.By(ReplyWriter.WriteSent));

    [Fact]
    public void A_repeatable_send_is_answered_with_its_receipt() => Assert.Equal(
        $$"""{"status": "OK", "message": "Message Sent", "id": "{{Uuid}}", "durability": "flushed"}""" + "\r\n\r\n",
        Written.By(output => ReplyWriter.WriteReceipt(output, Guid.Parse(Uuid), "flushed")));

    [Fact]
    public void A_logout_names_the_user() => Assert.Equal(
        """{"status": "OK", "messages": "User messi berhasil Logout"}""" + "\r\n\r\n",
        Written.By(output => ReplyWriter.WriteLoggedOut(output, "messi")));

    [Theory]
    [InlineData("""{"status": "OK", "user": []}""")]
    [InlineData("""{"status": "OK", "user": ["messi"]}""", "messi")]
    [InlineData("""{"status": "OK", "user": ["messi", "h\"\u00e9"]}""", "messi", "h\"\u00e9")]
    public void Users_are_listed_in_order(string expected, params string[] users) =>
        Assert.Equal(expected + "\r\n\r\n", Written.By(output => ReplyWriter.WriteUsers(output, users)));

    [Theory]
    [InlineData(ReplyError.NoSuchUser, "User Tidak Ada")]
    [InlineData(ReplyError.WrongPassword, "Password Salah")]
    [InlineData(ReplyError.NoRecipient, "User Tidak Ditemukan")]
    [InlineData(ReplyError.NoSession, "Informasi tidak ditemukan")]
    [InlineData(ReplyError.MissingArguments, "--Protocol Tidak Benar")]
    [InlineData(ReplyError.NotACommand, "**Protocol Tidak Benar")]
    [InlineData(ReplyError.LineTooLong, "Baris Terlalu Panjang")]
    [InlineData(ReplyError.TooManyAttempts, "Terlalu Banyak Percobaan")]
    [InlineData(ReplyError.MailboxFull, "Kotak Masuk Penuh")]
    [InlineData(ReplyError.Unavailable, "Layanan Sedang Tidak Tersedia")]
    public void An_error_has_the_text_that_clients_know(ReplyError error, string text) => Assert.Equal(
        $$"""{"status": "ERROR", "message": "{{text}}"}""" + "\r\n\r\n",
        Written.By(output => ReplyWriter.WriteError(output, error)));

    [Fact]
    public void Every_error_has_a_text_of_its_own()
    {
        ReplyError[] errors = Enum.GetValues<ReplyError>();
        string[] replies = [.. errors.Select(error => Written.By(output => ReplyWriter.WriteError(output, error)))];
        Assert.Equal(replies.Length, replies.Distinct().Count());
    }

    [Fact]
    public void An_error_that_does_not_exist_writes_nothing()
    {
        ArrayBufferWriter<byte> output = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplyWriter.WriteError(output, (ReplyError)(-1)));
        Assert.Equal(0, output.WrittenCount);
    }
}

using System.Buffers;
using System.Text;
using FsCheck.Xunit;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Protocol.Tests;

public class CommandTableTests
{
    private const string Token = "2cfe6528-2978-4f7b-b97d-60a4c0a1a89e";

    [Theory]
    [InlineData("halo ")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" auth messi surabaya")]
    [InlineData("AUTH messi surabaya ")]
    [InlineData("auth\tmessi\tsurabaya")]
    [InlineData("sendonc a b c")]
    [InlineData("inboxes")]
    public void An_unknown_or_empty_command_is_not_a_command(string line) => AssertRefused(line, ReplyError.NotACommand);

    [Theory]
    [InlineData("auth")]
    [InlineData("auth messi")]
    [InlineData("send")]
    [InlineData("send " + Token)]
    [InlineData("sendonce " + Token)]
    [InlineData("sendonce " + Token + " once-0001")]
    public void Missing_words_are_missing_arguments(string line) => AssertRefused(line, ReplyError.MissingArguments);

    [Theory]
    [InlineData("")]
    [InlineData("\u00e9")]
    [InlineData("a\tb")]
    [InlineData("a\u007f")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public void An_id_that_is_none_counts_as_missing(string id) =>
        AssertRefused($"sendonce {Token} {id} henderson halo", ReplyError.MissingArguments);

    [Theory]
    [InlineData("!")]
    [InlineData("~")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void An_id_is_up_to_64_printable_characters(string id) =>
        Assert.Equal(id, Parse($"sendonce {Token} {id} henderson halo").OnceId);

    [Fact]
    public void A_login_takes_two_words_and_ignores_more()
    {
        Command command = Parse("auth messi surabaya and more");
        Assert.Equal(CommandKind.LogIn, command.Kind);
        Assert.Equal("messi", command.User);
        Assert.Equal("surabaya", command.Password);
    }

    [Theory]
    [InlineData("auth messi ", "messi", "")]
    [InlineData("auth messi \r", "messi", "")]
    [InlineData("auth  messi surabaya ", "", "messi")]
    [InlineData("auth \tmessi\v \fsura\tbaya\r", "messi", "sura\tbaya")]
    [InlineData("auth\t messi surabaya", "messi", "surabaya")]
    [InlineData("auth m\u00e9ssi \u00a0", "m\u00e9ssi", "\u00a0")]
    public void Words_stand_between_two_spaces_and_are_trimmed(string line, string user, string password)
    {
        Command command = Parse(line);
        Assert.Equal(user, command.User);
        Assert.Equal(password, command.Password);
    }

    [Theory]
    [InlineData("inbox", CommandKind.Inbox, null)]
    [InlineData("inbox\t", CommandKind.Inbox, null)]
    [InlineData("inbox ", CommandKind.Inbox, "")]
    [InlineData("inbox  " + Token, CommandKind.Inbox, "")]
    [InlineData("inbox " + Token + " and more ", CommandKind.Inbox, Token)]
    [InlineData("listuser", CommandKind.ListUsers, null)]
    [InlineData("listuser ", CommandKind.ListUsers, "")]
    [InlineData("listuser " + Token, CommandKind.ListUsers, Token)]
    [InlineData("logout", CommandKind.LogOut, null)]
    [InlineData("logout ", CommandKind.LogOut, "")]
    [InlineData("logout " + Token + "\t", CommandKind.LogOut, Token)]
    public void A_token_that_was_left_out_differs_from_an_empty_one(string line, CommandKind kind, string? token)
    {
        Command command = Parse(line);
        Assert.Equal(kind, command.Kind);
        Assert.Equal(token, command.Token);
    }

    [Theory]
    [InlineData("henderson", "henderson", "")]
    [InlineData("henderson\t", "henderson", "")]
    [InlineData("henderson ", "henderson", " \r\n")]
    [InlineData("henderson  Teknik Informatika ", "henderson", "  Teknik Informatika \r\n")]
    [InlineData("henderson\t satu", "henderson", " satu\r\n")]
    [InlineData("henderson satu\r", "henderson", " satu\r\r\n")]
    [InlineData("", "", "")]
    [InlineData(" ", "", " \r\n")]
    [InlineData("lineker caf\u00e9 \U0001f600 \u007f\t\u0001\0 ", "lineker", " caf\u00e9 \U0001f600 \u007f\t\u0001\0 \r\n")]
    public void The_text_is_all_that_stands_behind_the_recipient(string rest, string user, string text)
    {
        foreach (string start in (string[])[$"send {Token} ", $"sendonce {Token} once-0001 "])
        {
            Command command = Parse(start + rest);
            Assert.Equal(Token, command.Token);
            Assert.Equal(user, command.User);
            Assert.Equal(text, Encoding.UTF8.GetString(command.Text));
        }
    }

    [Theory]
    [InlineData("FF FE")]
    [InlineData("C3")]
    [InlineData("C0 80")]
    [InlineData("ED A0 80")]
    [InlineData("F4 90 80 80")]
    public void Invalid_utf8_anywhere_wins_over_every_other_fault(string hex)
    {
        byte[] invalid = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (string start in (string[])["", "halo ", "auth", "inbox surplus ", $"send {Token} henderson "])
        {
            byte[] line = [.. Encoding.UTF8.GetBytes(start), .. invalid];
            Assert.False(CommandTable.TryParse(line, out _, out ReplyError error));
            Assert.Equal(ReplyError.NotACommand, error);
        }
    }

    [Fact]
    public void A_command_shows_no_secret() =>
        Assert.DoesNotContain("surabaya", Parse("auth messi surabaya").ToString()!, StringComparison.Ordinal);

    [Property(Arbitrary = [typeof(RequestLines)], MaxTest = 5000)]
    public void The_parser_agrees_with_the_naive_one(RequestLine line)
    {
        bool parsed = CommandTable.TryParse(line.Bytes, out Command? command, out ReplyError error);
        Assert.Equal(NaiveParser.Parse(line.Bytes), Request.Of(parsed, command, error));
    }

    [Property(Arbitrary = [typeof(RequestLines)], MaxTest = 500)]
    public void A_line_in_segments_parses_as_in_one_piece(RequestLine line)
    {
        ReadOnlySequence<byte> sequence = Segments.Of(line.Bytes, [.. Enumerable.Range(0, line.Bytes.Length).Where(i => i % 3 == 2)]);
        bool parsed = CommandTable.TryParse(sequence, out Command? command, out ReplyError error);
        Assert.Equal(NaiveParser.Parse(line.Bytes), Request.Of(parsed, command, error));
    }

    private static Command Parse(string line)
    {
        Assert.True(CommandTable.TryParse(Encoding.UTF8.GetBytes(line), out Command? command, out _));
        return command!;
    }

    private static void AssertRefused(string line, ReplyError expected)
    {
        Assert.False(CommandTable.TryParse(Encoding.UTF8.GetBytes(line), out Command? command, out ReplyError error));
        Assert.Null(command);
        Assert.Equal(expected, error);
    }
}

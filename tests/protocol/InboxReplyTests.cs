using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Protocol.Tests;

public class InboxReplyTests
{
    private const string Owner = "Jordan \"Hendo\" H\u00e9nderson";

    [Fact]
    public void No_messages_make_an_empty_object() =>
        Assert.Equal("""{"status": "OK", "messages": {}}""" + "\r\n\r\n", Written.By(output => InboxReply.Write(output, Owner, [])));

    [Fact]
    public void Messages_show_display_names_and_their_text_verbatim()
    {
        InboxEntry[] messages = [Entry("messi", "Lionel Messi", " satu\r\n"), Entry("messi", "Lionel Messi", "  dua  dua \r\n")];
        Assert.Equal(
            """{"status": "OK", "messages": {"messi": [{"msg_from": "Lionel Messi", "msg_to": "Jordan Henderson", "msg": " satu\r\n"}, """
            + """{"msg_from": "Lionel Messi", "msg_to": "Jordan Henderson", "msg": "  dua  dua \r\n"}]}}""" + "\r\n\r\n",
            Written.By(output => InboxReply.Write(output, "Jordan Henderson", messages)));
    }

    [Fact]
    public void Senders_come_in_the_order_of_their_first_message()
    {
        InboxEntry[] messages =
            [Entry("b", "B", "1"), Entry("a", "A", "2"), Entry("b", "B", "3"), Entry("c", "C", "4"), Entry("a", "A", "5")];
        string reply = Written.By(output => InboxReply.Write(output, Owner, messages));
        Assert.Equal(Expected(messages), reply);
        Assert.Equal(["1", "3", "2", "5", "4"], reply.Split("\"msg\": \"").Skip(1).Select(part => part[..1]));
    }

    [Property(Arbitrary = [typeof(Inboxes)], MaxTest = 500)]
    public void Any_inbox_is_written_as_the_oracle_does(InboxEntry[] messages) =>
        Assert.Equal(Expected(messages), Written.By(output => InboxReply.Write(output, Owner, messages)));

    [Property(Arbitrary = [typeof(Inboxes)], MaxTest = 500)]
    public void What_fits_is_within_the_limit_and_one_message_always_goes(InboxEntry[] messages, PositiveInt limit)
    {
        int maxBytes = limit.Get * 40;
        int count = InboxReply.CountThatFit(Owner, messages, maxBytes);
        Assert.InRange(count, Math.Min(1, messages.Length), messages.Length);
        if (count > 1)
            Assert.True(Expected(messages[..count]).Length <= maxBytes);

        // Not cut sooner than need be, but for the names of senders who have several messages.
        if (count < messages.Length)
        {
            int names = count * (NaiveJson.Escape(Inboxes.LongestSender).Length + 10);
            Assert.True(Expected(messages[..(count + 1)]).Length + names > maxBytes);
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\0")]
    [InlineData("\u00e9")]
    [InlineData("\u20ac")]
    [InlineData("\U0001f600")]
    public void A_full_mailbox_is_cut_at_one_mebibyte_whatever_its_characters_take(string character)
    {
        InboxEntry entry = Entry("messi", "Lionel Messi", string.Concat(Enumerable.Repeat(character, 500)));
        InboxEntry[] messages = [.. Enumerable.Repeat(entry, 4000)];
        int count = InboxReply.CountThatFit(Owner, messages);
        int size = Written.By(output => InboxReply.Write(output, Owner, messages.Take(count))).Length;
        Assert.InRange(size, InboxReply.MaxBytes * 9 / 10, InboxReply.MaxBytes);
    }

    private static InboxEntry Entry(string sender, string name, string text) => new(sender, name, Encoding.UTF8.GetBytes(text));

    private static string Expected(InboxEntry[] messages) =>
        NaiveJson.Dumps(NaiveReplies.Of(new(ReplyKind.Inbox) { Names = [Owner], Messages = messages })) + "\r\n\r\n";

    private static class Inboxes
    {
        public const string LongestSender = "h\u00e9nderson";

        public static Arbitrary<InboxEntry[]> Arbitrary()
        {
            Gen<string> text = Gen.Elements("halo", " ", "\r\n", "\"", "\\", "\0", "\u007f", "\u00e9", "\u20ac", "\U0001f600")
                .ArrayOf().Select(string.Concat);
            return (from sender in Gen.Elements("messi", LongestSender, "a\"b", "")
                    from name in text
                    from body in text
                    select Entry(sender, name, body)).ArrayOf().ToArbitrary();
        }
    }
}

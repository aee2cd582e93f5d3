using System.Text;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing;

namespace OrleansChat.Protocol.Tests;

/// <summary>Replies that sit on an edge, in every memory and with every limit that matters.</summary>
public class ReplyEdgeTests
{
    // A text of over 128 units is encoded in other memory, and an escape takes up to 12 bytes.
    private const string Mixed = "a\u00e9\"\U0001f600\u20ac\r\n\0\u007f\\b\U0010ffff";

    public static TheoryData<string> Names =>
    [
        "", "messi", Mixed, "\ud800", "\udc00a", "\ud83d\ud83d\ude00", new('x', 128), new('\u20ac', 128), new('\u20ac', 129),
        string.Concat(Enumerable.Repeat("\U0001f600", 64)),
        string.Concat(Enumerable.Repeat("\U0001f600", 65)), new string('x', 127) + "\U0001f600",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reply_is_the_same_in_whatever_memory(string name)
    {
        foreach (ReplyKind kind in Enum.GetValues<ReplyKind>())
        {
            for (int spanLength = 1; spanLength <= 40; spanLength++)
            {
                AssertWritten(new(kind)
                {
                    Names = [name],
                    Messages = [Entry("messi", name, name), Entry(name, "", ""), Entry("messi", name, "halo")],
                    SpanLength = spanLength,
                });
            }
        }
    }

    [Fact]
    public void As_many_messages_as_may_go_into_a_reply_at_every_limit()
    {
        InboxEntry[] messages = [Entry("a", "A", Mixed), Entry("a", Mixed, ""), Entry("b\u00e9", "B", "halo"), Entry("a", "A", "\0")];
        for (int limit = 0; limit < 800; limit++)
            AssertWritten(new(ReplyKind.Inbox) { Names = [Mixed], Messages = messages, Limit = limit });
        Assert.Equal(1, InboxReply.CountThatFit(Mixed, messages, 0));
        Assert.Equal(4, InboxReply.CountThatFit(Mixed, messages, 799));
    }

    private static InboxEntry Entry(string sender, string name, string text) => new(sender, name, Encoding.UTF8.GetBytes(text));

    private static void AssertWritten(ReplyInput reply)
    {
        if (reply.Check(new ProtocolSubject(), new()) is { } difference)
            Assert.Fail($"{difference}\n{reply}");
    }
}

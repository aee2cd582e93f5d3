using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>A recipient that begins with the mark is a room, and what a room has no room for is told message by message.</summary>
public sealed class RoomSendTests
{
    private readonly LeasingGrains _grains;

    public RoomSendTests()
    {
        var time = new FakeTimeProvider();
        _grains = new LeasingGrains(time, time.Advance) { Rate = 0 };
    }

    [Theory]
    [InlineData("#general", "general")]
    [InlineData("#0", "0")]
    [InlineData("#a.b_c-d", "a.b_c-d")]
    public async Task A_room_is_sent_to_by_its_name(string recipient, string room)
    {
        Assert.Equal([SendStatus.Sent], await SendAsync(recipient));
        Assert.Equal([room], _grains.RoomsAsked);
        Assert.Equal(0, _grains.Appends);
    }

    [Theory]
    [InlineData("#")]
    [InlineData("##general")]
    [InlineData("#..")]
    [InlineData("#.general")]
    [InlineData("#-general")]
    [InlineData("#General")]
    [InlineData("# general")]
    [InlineData("#gen/eral")]
    [InlineData("#general#")]
    [InlineData("general#")]
    [InlineData("\uFF03general")]
    public async Task What_is_not_a_rooms_name_has_no_recipient_and_reaches_no_grain(string recipient)
    {
        Assert.Equal([SendStatus.NoRecipient], await SendAsync(recipient));
        Assert.Empty(_grains.RoomsAsked);
        Assert.Equal(0, _grains.Appends);
    }

    [Fact]
    public async Task A_name_has_64_letters_at_most()
    {
        Assert.Equal([SendStatus.Sent], await SendAsync("#" + new string('a', 64)));
        Assert.Equal([SendStatus.NoRecipient], await SendAsync("#" + new string('a', 65)));
    }

    [Fact]
    public async Task Of_messages_that_come_together_a_busy_room_takes_the_first()
    {
        _grains.RoomTakes = 3;

        var statuses = await SendAsync("#general", "#general", "ben", "#general", "#general", "#general");

        Assert.Equal(
            [SendStatus.Sent, SendStatus.Sent, SendStatus.Sent, SendStatus.Sent, SendStatus.RoomBusy, SendStatus.RoomBusy], statuses);
    }

    [Fact]
    public async Task A_client_of_any_door_is_told_that_it_is_too_much()
    {
        _grains.RoomTakes = 1;
        var time = new FakeTimeProvider();
        var pipe = new Pipe();
        var connection = new ClientConnection(
            TestConnection.Over(pipe.Reader, pipe.Writer), "address", new ClientAddress(new LimitOptions(), time), null, time);
        var client = new ClientSession("1", connection, () => false, TestConnection.Services(grains: _grains, time: time), default);
        // Presence does not run here, and is told nothing of a client that has gone.
        client.Leave();

        var outcome = await client.SendAsync(
            "s:1", [LeasingGrains.Message() with { Recipient = "#general" }, LeasingGrains.Message() with { Recipient = "#general" }]);

        Assert.Equal([null, Refusal.TooMany], outcome.Refusals);
    }

    [Fact]
    public async Task That_a_room_is_busy_is_not_told_to_a_dead_session()
    {
        _grains.RoomTakes = 0;
        var session = _grains.Connect();
        Assert.Equal([SendStatus.RoomBusy], await SendAsync(session, "#general"));
        _grains.IsAlive = false;
        Assert.Equal([SendStatus.NoSession], await SendAsync(session, "#general"));
    }

    private Task<SendStatus[]> SendAsync(params string[] recipients) => SendAsync(_grains.Connect(), recipients);

    private static async Task<SendStatus[]> SendAsync(Gateway.Sessions.LeasedSession session, params string[] recipients)
    {
        OutgoingMessage[] messages = [.. recipients.Select(recipient => new OutgoingMessage(Guid.NewGuid(), recipient, [1], null))];
        return (await session.SendAsync(messages, isRepetition: false)).Statuses;
    }
}

using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage.Tests;

public class SessionExpiryTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    [Fact]
    public async Task Sessions_that_were_not_used_for_long_are_deleted_and_no_others()
    {
        var sessions = new SessionTable(world.Database.DataSource);
        var me = await world.AddUserAsync("a");
        var old = await world.LogInAsync("a", me);
        var young = await world.LogInAsync("a", me);
        await world.Sql.ExecuteAsync(
            "test", "UPDATE orleansstorage SET modifiedon = now() - interval '8 days' WHERE grainidextensionstring IN ($1, 'u:a')", [old]);

        Assert.Equal(1, await sessions.DeleteExpiredAsync(TimeSpan.FromDays(7)));

        Assert.Equal([young], await sessions.GetAliveAsync([old, young]));
    }
}

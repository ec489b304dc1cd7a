<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<h1>Reports</h1>
<form action="<%= ctx %>/report">
<select name="report"><option>LOSSRATIO</option><option>OPENCLAIMS</option><option>PAYMENTS</option><option>SHOPS</option></select>
from <input name="from"> to <input name="to">
<input type="submit" value="Show"> <input type="submit" formaction="<%= ctx %>/export" value="Write file">
</form>
<%@ include file="foot.jsp" %>

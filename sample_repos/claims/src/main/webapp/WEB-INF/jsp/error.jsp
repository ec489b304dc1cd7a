<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<h1>That did not work</h1>
<p>Code <%= Utils.nvl((String) request.getAttribute("code"), "none") %></p>
<p><a href="javascript:history.back()">Back</a></p>
<%@ include file="foot.jsp" %>
